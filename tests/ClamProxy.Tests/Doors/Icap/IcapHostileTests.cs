using System.Text;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>Clients that are slow, torn or malformed: nothing of theirs passes, and no connection stays.</summary>
public sealed class IcapHostileTests
{
    private const string Url = "http://example.org/file";
    private const string Start = "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\n";
    private const string Heads = "GET http://example.org/ HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    private const string Right = "Encapsulated: req-hdr=0, res-hdr=36, res-body=55\r\n\r\n" + Heads;

    public static TheoryData<string, int> Malformed => new()
    {
        { "GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
        { "RESPMOD icap://h/respmod\r\n\r\n", 400 },
        { "RESPMOD  icap://h/respmod ICAP/1.0\r\n\r\n", 400 },
        { "RESPMOD http://h/respmod ICAP/1.0\r\n\r\n", 400 },
        { "RESPMOD icap:///respmod ICAP/1.0\r\n\r\n", 400 },
        { "RESPMOD icap://h/respmod ICAP/1.1\r\n\r\n", 505 },
        { "PURGE icap://h/respmod ICAP/1.0\r\n\r\n", 501 },
        { "RESPMOD icap://h/other ICAP/1.0\r\n\r\n", 404 },
        { "OPTIONS icap://h/ ICAP/1.0\r\n\r\n", 404 },
        { "RESPMOD icap://h/reqmod ICAP/1.0\r\n\r\n", 405 },
        { "REQMOD icap://h/respmod ICAP/1.0\r\n\r\n", 405 },
        { Start + "\r\n", 400 },
        { Start + "No colon\r\n\r\n", 400 },
        { Start + "A : blank\r\n\r\n", 400 },
        { Start + "A: b\r\n folded\r\n\r\n", 400 },
        { Start + "A: b\0\r\n\r\n", 400 },
        { Start + "Preview: -1\r\n" + Right, 400 },
        { Start + "Preview: 99999999999\r\n" + Right, 400 },
        { Start + "Encapsulated: \r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=1, res-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=36, res-body=36\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=55, res-body=36\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, req-hdr=36, res-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=36, req-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=36, opt-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-body=36, null-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=-36, res-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=0x24, res-body=55\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=36, res-body=4294967296\r\n\r\n", 400 },
        { Start + "Encapsulated: req-hdr=0, res-hdr=36, res-body=200000\r\n\r\n", 400 },
        { "OPTIONS icap://h/respmod ICAP/1.0\r\nEncapsulated: opt-body=0\r\n\r\n", 400 },
        { Start + Right.Replace("200 OK", "200\0OK", StringComparison.Ordinal), 400 },
        { Start + Right + "x\r\n", 400 },
        { Start + Right + "\r\n", 400 },
        { Start + Right + "-5\r\nhello\r\n0\r\n\r\n", 400 },
        { Start + Right + "0x5\r\nhello\r\n0\r\n\r\n", 400 },
        { Start + Right + " 5\r\nhello\r\n0\r\n\r\n", 400 },
        { Start + Right + "5\nhello\n0\n\n", 400 },
        { Start + Right + "5\r\nhello!\r\n0\r\n\r\n", 400 },
        { Start + Right + "5\r\nhello\n0\r\n\r\n", 400 },
        { Start + Right + "ffffffffffffffff\r\nhello", 400 },
        { Start + Right + "10000000000000005\r\nhello\r\n0\r\n\r\n", 400 },
        { Start + Right + "5;" + new string('e', 2000) + "\r\nhello\r\n0\r\n\r\n", 400 },
        { Start + Right + "5\r\nhello\r\n0\r\n" + new string('t', 20_000) + "\r\n\r\n", 400 },
        { Start + "Preview: 4\r\n" + Right + "5\r\nhello\r\n0\r\n\r\n", 400 },
        { Start + "A: " + new string('a', 17_000) + "\r\n\r\n", 400 },
        { Start + "A: " + new string('a', 1_100_000), 400 },
    };

    /// <summary>One host serves them all, one connection for each.</summary>
    [Fact]
    public async Task Malformed_IsAnsweredAndEndsTheConnection()
    {
        await using var world = await StartAsync();
        foreach (var (request, status) in Malformed.Select(row => row.Data))
        {
            await using var wire = await IcapWire.ConnectAsync(world);
            try
            {
                await wire.SayAsync(request);
            }
            catch (IOException)
            {
                // It was refused before its end.
            }

            var answer = await wire.ReadAsync();

            var what = request.Length > 300 ? request[..300] : request;
            Assert.True(answer?.Status == status, $"{answer?.Status} to {what}");
            Assert.Equal("close", answer!["Connection"]);
            wire.EndSending();
            Assert.True(await wire.IsClosedAsync(), what);
        }

        Assert.Empty(world.Clamd.Contents);
        await world.WaitForMetricAsync("clamproxy_icap_connections", 0);
    }

    /// <summary>A body that breaks off, anywhere: nothing is scanned, nothing recorded, the connection ends.</summary>
    [Fact]
    public async Task TornAnywhere_NothingPasses()
    {
        await using var world = await StartAsync();
        var request = Start + Right + "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";

        for (var length = 1; length < request.Length; length++)
        {
            await using var wire = await IcapWire.ConnectAsync(world);
            await wire.SayAsync(request[..length]);
            wire.EndSending();

            var answer = await wire.ReadAsync();

            Assert.True(answer is null or { Status: 400 or 408 }, $"{answer?.Status} after {length} bytes");
        }

        Assert.Empty(world.Clamd.Contents);
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_verdicts_total"));
    }

    /// <summary>squid may end an aborted transfer by an orderly last chunk.</summary>
    [Theory]
    [InlineData("hell", false)]
    [InlineData("hello!", false)]
    [InlineData("hello", true)]
    public async Task OtherLengthThanAnnounced_IsNeitherPassedNorRecorded(string body, bool passes)
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);
        var right = IcapWire.Respmod(Url, "hello", "Allow: 204\r\n");

        await wire.SayAsync(right.Replace(IcapWire.Chunk("hello"), IcapWire.Chunk(body), StringComparison.Ordinal));

        Assert.Equal(passes ? 204 : 400, (await wire.ReadAsync())!.Status);
        Assert.Equal(passes ? 1 : 0, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task SlowHead_Is408()
    {
        await using var world = await StartAsync("--ClamProxy:Icap:HeadTimeout=200ms");
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Start);

        Assert.Equal(408, (await wire.ReadAsync())!.Status);
        wire.EndSending();
        Assert.True(await wire.IsClosedAsync());
    }

    [Fact]
    public async Task SlowHttpHead_Is408()
    {
        await using var world = await StartAsync("--ClamProxy:Icap:HeadTimeout=200ms");
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Start + Right[..^10]);

        Assert.Equal(408, (await wire.ReadAsync())!.Status);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("5\r\nhel", false)]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", true)]
    public async Task SlowBody_Is408(string sent, bool isPreviewed)
    {
        await using var world = await StartAsync("--ClamProxy:Intake:IdleTimeout=200ms", "--ClamProxy:Icap:LingerTimeout=200ms");
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Start + (isPreviewed ? "Preview: 5\r\n" : "") + Right + sent);
        if (isPreviewed)
        {
            Assert.Equal(100, (await wire.ReadAsync())!.Status);
        }

        Assert.Equal(408, (await wire.ReadAsync())!.Status);
        Assert.True(await wire.IsClosedAsync());
    }

    [Fact]
    public async Task IdleConnection_IsClosed()
    {
        await using var world = await StartAsync("--ClamProxy:Icap:IdleTimeout=5s");
        await using var wire = await IcapWire.ConnectAsync(world);
        await wire.SayAsync(Start + Right + "0\r\n\r\n");
        Assert.Equal(204, (await wire.ReadAsync())!.Status);

        Assert.True(await wire.IsClosedAsync());
    }

    [Fact]
    public async Task ClientThatTakesNoAnswer_IsLeft()
    {
        await using var world = await StartAsync("--ClamProxy:Icap:SendTimeout=300ms");
        await using var wire = await IcapWire.ConnectAsync(world);

        // More than the sockets of both sides hold.
        await wire.SayAsync(IcapWire.Respmod(Url, Encoding.Latin1.GetString(RandomBody.Of(20_000_000))));

        await world.WaitForMetricAsync("clamproxy_icap_connections", 0);
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
    }

    [Fact]
    public async Task OneConnectionTooMany_Is503()
    {
        await using var world = await StartAsync("--ClamProxy:Icap:MaxConnections=1");
        await using var first = await IcapWire.ConnectAsync(world);
        await first.SayAsync(Start + Right + "0\r\n\r\n");
        Assert.Equal(204, (await first.ReadAsync())!.Status);

        await using (var second = await IcapWire.ConnectAsync(world))
        {
            await second.SayAsync(Start + Right + "0\r\n\r\n");
            Assert.Equal(503, (await second.ReadAsync())!.Status);
            second.EndSending();
        }

        await world.WaitForMetricAsync("clamproxy_icap_connections", 1);
        await first.SayAsync(Start + Right + "0\r\n\r\n");
        Assert.Equal(204, (await first.ReadAsync())!.Status);
    }

    [Fact]
    public async Task HostThatStops_EndsConnectionsBetweenRequests()
    {
        var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);
        await wire.SayAsync(Start + Right + "0\r\n\r\n");
        Assert.Equal(204, (await wire.ReadAsync())!.Status);

        await world.DisposeAsync();

        Assert.True(await wire.IsClosedAsync());
    }

    [Theory]
    [InlineData("X-Client-IP: 192.0.2.7\r\nX-Client-Username: ada\r\n", "192.0.2.7", "ada")]
    [InlineData("X-Client-IP: 2001:db8::1\r\nX-Authenticated-User: TERBUDovL2V4YW1wbGUvYWRh\r\n", "2001:db8::1", "LDAP://example/ada")]
    [InlineData("X-Client-IP: no address\r\nX-Authenticated-User: not base64\r\n", "127.0.0.1", "not base64")]
    [InlineData("", "127.0.0.1", "(null)")]
    public async Task ClientAndUser_AreLoggedWithARefusal(string fields, string client, string user)
    {
        await using var world = await StartAsync("--LOG_LEVEL=Warning");
        using var log = new FakeLoggerProvider();
        world.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);

        await IcapWire.AskAsync(world, IcapWire.Respmod(Url + "?secret", Encoding.Latin1.GetString(Eicar.Bytes), fields));

        var line = log.Collector.GetSnapshot().Single(record => record.Id.Id == 5900).Message;
        Assert.StartsWith($"Refused {Url} for {client} (user {user}): infected (Eicar-Test-Signature)", line, StringComparison.Ordinal);
    }

    private static Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(["--DOORS=proxy,icap", .. settings]);
}
