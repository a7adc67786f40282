using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>
/// A client that stops where squid before 6.10 does (its bug 5352) goes on when it gets the answer's head, and it gets nothing more.
/// </summary>
public sealed class SquidStallTests
{
    private const string Url = "http://example.org/file";
    private const string Squids = "Allow: trailers\r\n";
    private const int Stop = 65_535;

    /// <summary>In which a head would have come.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData("0", Stop)]
    [InlineData("100ms", Stop)]
    [InlineData("0", 70_000)]
    [InlineData("4ms", 70_000)]
    public async Task Stopped_GetsTheHeadAndThenTheBody(string timeout, int stop)
    {
        await using var world = await StartAsync(timeout);
        await using var wire = await IcapWire.ConnectAsync(world);
        var body = Text(80_000);

        var rest = await StopAsync(wire, body, Squids, stop);
        Assert.StartsWith("ICAP/1.0 200 OK\r\n", await wire.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await wire.ReadHeadAsync(), StringComparison.Ordinal);
        await wire.SayAsync(rest);

        Assert.Equal(body, Encoding.Latin1.GetString(await wire.ReadBodyAsync()));
        await wire.SayAsync(IcapWire.Respmod(Url, "next"));
        Assert.Equal("next", (await wire.ReadAsync())!.Text);
    }

    [Fact]
    public async Task StoppedWithAnInfectedBody_GetsNothingOfItAndATornAnswer()
    {
        await using var world = await StartAsync("0");
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Bad FOUND\0");
        await using var wire = await IcapWire.ConnectAsync(world);

        var rest = await StopAsync(wire, Text(80_000), Squids);
        await wire.ReadHeadAsync();
        await wire.ReadHeadAsync();
        await wire.SayAsync(rest);

        Assert.True(await wire.IsClosedAsync());
    }

    [Theory]
    [InlineData("an application: what it reads first it takes for the verdict", "0", "Allow: 204\r\n", Stop)]
    [InlineData("no squid", "0", "", Stop)]
    [InlineData("not where squid stops", "0", Squids, Stop - 2)]
    [InlineData("behind where squid stops first, and not so long", "20ms", Squids, Stop + 2)]
    public async Task AnyOtherThatWaits_GetsNothingBeforeItsVerdict(string what, string timeout, string fields, int stop)
    {
        await using var world = await StartAsync(timeout);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Bad FOUND\0");
        await using var wire = await IcapWire.ConnectAsync(world);

        var rest = await StopAsync(wire, Text(80_000), fields, stop);
        await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        await wire.SayAsync(rest);

        var answer = await wire.ReadAsync();
        Assert.True(answer!.HttpHead.StartsWith("HTTP/1.1 403 ", StringComparison.Ordinal), what);
    }

    private static Task<ProxyWorld> StartAsync(string timeout) =>
        ProxyWorld.StartAsync(["--DOORS=proxy,icap", $"--ClamProxy:Icap:StallTimeout={timeout}"]);

    /// <summary>Sends a body up to where squid stops.</summary>
    /// <returns>What is still to be sent.</returns>
    private static async Task<string> StopAsync(IcapWire wire, string body, string fields, int stop = Stop)
    {
        var request = IcapWire.Respmod(Url, body, fields);
        var heads = request[..^(IcapWire.Chunk(body).Length + 5)];
        await wire.SayAsync($"{heads}{IcapWire.Chunk(body[..stop])}");
        return $"{IcapWire.Chunk(body[stop..])}0\r\n\r\n";
    }

    private static string Text(int length) => Encoding.Latin1.GetString(RandomBody.Of(length));
}
