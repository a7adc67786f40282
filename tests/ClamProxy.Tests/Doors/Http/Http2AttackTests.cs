using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// What only HTTP/2 lets a client send: fields that would be several lines in HTTP/1.1, and requests by the thousand taken back at once.
/// </summary>
public sealed class Http2AttackTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    [Theory]
    [InlineData("x", "a\r\nX-Smuggled: 1")]
    [InlineData("x", "a\nX-Smuggled: 1")]
    [InlineData("x", "a\rX-Smuggled: 1")]
    [InlineData("x", "a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: p\r\n\r\n")]
    [InlineData("x", "a\0b")]
    [InlineData("x", "a\u0001b")]
    [InlineData("x", "a\u007fb")]
    [InlineData("x: a\r\nx-smuggled", "1")]
    [InlineData("x\0", "1")]
    [InlineData("x y", "1")]
    [InlineData("x:", "1")]
    [InlineData("", "1")]
    [InlineData("X-Upper", "1")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "x-smuggled")]
    [InlineData("upgrade", "h2c")]
    [InlineData("content-length", "5")]
    [InlineData("content-length", "0\r\nX-Smuggled: 1")]
    [InlineData("te", "gzip")]
    [InlineData("host", "evil.example\r\nX-Smuggled: 1")]
    [InlineData("user-agent", "a\r\nX-Smuggled: 1")]
    [InlineData("if-none-match", "\"a\"\r\nX-Smuggled: 1")]
    [InlineData("cookie", "a\r\nX-Smuggled: 1")]
    [InlineData("via", "1.1 a\r\nX-Smuggled: 1")]
    [InlineData("cache-scan", "True\r\nX-Smuggled: 1")]
    [InlineData(":path", "/a HTTP/1.1\r\nX-Smuggled: 1")]
    [InlineData(":path", "/a\r\nX-Smuggled: 1")]
    [InlineData(":path", "/a b")]
    [InlineData(":path", "/\u00e9")]
    [InlineData(":path", "/%00")]
    [InlineData(":path", "/a#b")]
    [InlineData(":path", "a")]
    [InlineData(":path", "*")]
    [InlineData(":path", "http://evil.example/a")]
    [InlineData(":method", "GET /smuggled HTTP/1.1\r\nX-Smuggled: 1\r\n\r\nGET")]
    [InlineData(":method", "CONNECT")]
    [InlineData(":scheme", "http://evil.example/?")]
    [InlineData(":authority", "evil.example\r\nX-Smuggled: 1")]
    [InlineData(":unknown", "a")]
    public async Task FieldThatIsSeveralLinesInHttp1_SplitsNothing(string name, string value)
    {
        await using var origin = RawOrigin.Saying(Answer);
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:ForwardedFields=x,user-agent");
        using var client = await WireHttp2.ConnectAsync(world);

        await client.AskAsync(WireHttp2.Get(origin.Url, (name, value)));

        Assert.True(origin.Requests.Count <= 1);
        foreach (var head in origin.Requests)
        {
            Assert.StartsWith("GET /a HTTP/1.1\r\n", head, StringComparison.Ordinal);
            Assert.Equal(head.Length - 4, head.IndexOf("\r\n\r\n", StringComparison.Ordinal));
            Assert.DoesNotContain("smuggled", head, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)|(?<!\r)\n", head);
        }
    }

    [Theory]
    [InlineData("x", "a\u0001b")]
    [InlineData("cookie", "a\u007fb")]
    public async Task FieldWithAControlCharacter_IsABadRequestThatSaysSo(string name, string value)
    {
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:ForwardedFields=x,user-agent");
        using var client = await WireHttp2.ConnectAsync(world);

        var answer = await client.AskAsync(WireHttp2.Get(world.Origin.Url, (name, value)));

        Assert.Contains($"The header field {name} contains a character", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(world.Origin.Requests);
    }

    [Theory]
    [InlineData("\r\nX-Smuggled: 1")]
    [InlineData("/\r\nX-Smuggled: 1")]
    [InlineData(" HTTP/1.1\r\nX-Smuggled: 1\r\nX: ")]
    [InlineData("\0")]
    public async Task TargetThatIsSeveralLines_IsABadRequest(string appended)
    {
        await using var origin = RawOrigin.Saying(Answer);
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:ForwardedFields=x,user-agent");
        using var client = await WireHttp2.ConnectAsync(world);

        await client.AskAsync(WireHttp2.Get(origin.Url + appended));

        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task PlainRequest_GetsItsFile()
    {
        await using var origin = RawOrigin.Saying(Answer);
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:ForwardedFields=x,user-agent");
        using var client = await WireHttp2.ConnectAsync(world);

        Assert.Equal("ok", await client.AskAsync(WireHttp2.Get(origin.Url, ("x", "1"))));
        Assert.Contains("\r\nx: 1\r\n", origin.Requests.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RapidReset_IsCutOffAndOthersAreServed()
    {
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:ForwardedFields=x,user-agent");
        world.Origin.On("/a", context => Task.Delay(Timeout.Infinite, context.RequestAborted)).On("/file", "file"u8.ToArray());
        using var attacker = await WireHttp2.ConnectAsync(world);

        var cutOff = attacker.WaitUntilCutOffAsync();
        try
        {
            for (var i = 0; i < 200 && !cutOff.IsCompleted; i++)
            {
                await attacker.SendAsync(
                    [.. Enumerable.Range(0, 100).SelectMany(_ => attacker.Request(WireHttp2.Get(world.Origin.Url), isReset: true))]);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // Cut off already.
        }

        await cutOff.WaitAsync(TimeSpan.FromSeconds(20));
        var reply = await world.GetAsync("/file").WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("file"u8.ToArray(), reply.Body);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        Assert.InRange(world.Origin.Requests.Count, 0, 513);
    }

    [Fact]
    public async Task HeadWithoutEnd_IsCutOff()
    {
        await using var world = await ProxyWorld.StartAsync(WireHttp2.Listen, "--ClamProxy:ForwardedFields=x,user-agent");
        using var attacker = await WireHttp2.ConnectAsync(world);
        var (first, again) = attacker.EndlessHead(world.Origin.Url);

        var cutOff = attacker.WaitUntilCutOffAsync();
        var sent = 0;
        try
        {
            await attacker.SendAsync(first);
            for (; sent < 1_000_000 && !cutOff.IsCompleted; sent++)
            {
                await attacker.SendAsync(again);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // Cut off already.
        }

        await cutOff.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.InRange(sent, 0, 100_000);
        Assert.Empty(world.Origin.Requests);
    }
}
