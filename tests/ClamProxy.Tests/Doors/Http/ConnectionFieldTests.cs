using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What a Connection field names ends here (RFC 9110 §7.6.1), and changes nothing of what is decided here.</summary>
public sealed class ConnectionFieldTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Connection: close, X-Drop-Key\r\n")]
    [InlineData("Connection: X-Drop-Key, close\r\n")]
    [InlineData("Connection: close\r\nConnection: x-DROP-key\r\n")]
    [InlineData("connection: keep-alive\r\nCONNECTION: X-Other,, X-Drop-Key ,\r\nConnection: close\r\n")]
    public async Task FieldThatConnectionNames_DoesNotGoUpstream(string connection)
    {
        await using var origin = RawOrigin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        await using var world = await ProxyWorld.StartAsync();

        await Wire.AskAsync(
            world,
            $"GET /a HTTP/1.1\r\nHost: p\r\nDownload-From: {origin.Url}\r\nX-Drop-Key: 1\r\nX-Keep-Key: 1\r\nProxy-Auth-Key: "
                + $"1\r\nKeep-Alive: x\r\nTE: trailers\r\n{connection}\r\n");

        var head = Assert.Single(origin.Requests);
        Assert.DoesNotContain("X-Drop-Key", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Proxy-Auth-Key", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Keep-Key: 1", head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("close, X-Drop")]
    [InlineData("X-Drop, Keep-Alive")]
    [InlineData("x-drop")]
    public async Task FieldThatUpstreamsConnectionNames_DoesNotReachTheClient(string connection)
    {
        await using var origin = RawOrigin.Saying(
            $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: {connection}\r\nconnection: close, content-TYPE\r\nX-Drop: 1\r\nX-Keep: "
                + "1\r\nContent-Type: text/plain\r\nProxy-Status: x\r\n\r\nok");
        await using var world = await ProxyWorld.StartAsync();

        var answer = await Wire.AskAsync(world, $"GET /a HTTP/1.1\r\nHost: p\r\nDownload-From: {origin.Url}\r\nConnection: close\r\n\r\n");

        Assert.DoesNotContain("X-Drop", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Proxy-Status", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Keep: 1", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type: text/plain", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task CredentialThatConnectionNames_IsNotSentAndItsAnswerIsNotAnothers()
    {
        await using var world = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}");
        world.Origin.On("/file", context => context.Response.WriteAsync($"for {context.Request.Headers.Authorization}"));

        var named = await Wire.AskAsync(
            world,
            $"GET /file HTTP/1.1\r\nHost: p\r\nDownload-From: {world.Origin.Url}\r\nCache-Scan: True\r\nAuthorization: Bearer "
                + "a\r\nConnection: close, Authorization, Cache-Scan, Download-From\r\n\r\n");
        var plain = await world.GetAsync("/file", cacheScan: true);
        var own = await world.GetAsync("/file", cacheScan: true, ("Authorization", "Bearer a"));

        Assert.EndsWith("\r\n\r\nfor ", named, StringComparison.Ordinal);
        Assert.Equal(
            ("for ", "for Bearer a"), (System.Text.Encoding.UTF8.GetString(plain.Body), System.Text.Encoding.UTF8.GetString(own.Body)));
    }
}
