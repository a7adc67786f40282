using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

public sealed class HeaderTests
{
    [Fact]
    public async Task ResponseFields_ComeBackLessThoseThatEndHere()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/x", async context =>
        {
            var headers = context.Response.Headers;
            headers.ETag = "\"v1\"";
            headers.LastModified = "Thu, 20 Nov 2025 08:00:00 GMT";
            headers["X-Custom"] = "1";
            headers["X-Accel-Redirect"] = "/protected/secret";
            headers["X-Sendfile"] = "/etc/passwd";
            headers["Alt-Svc"] = "h3=\":443\"";
            headers["Scan-Verdict"] = "clean-says-upstream";
            headers["Repr-Digest"] = "sha-256=:AAAA:";
            headers.Connection = "X-Hop";
            headers["X-Hop"] = "1";
            await context.Response.WriteAsync("body");
        });

        var reply = await world.GetAsync("/x");

        Assert.Equal(200, reply.Status);
        Assert.Equal("\"v1\"", reply["ETag"]);
        Assert.Equal("Thu, 20 Nov 2025 08:00:00 GMT", reply["Last-Modified"]);
        Assert.Equal("1", reply["X-Custom"]);
        Assert.Equal("4", reply["Content-Length"]);
        Assert.Equal("bytes", reply["Accept-Ranges"]);
        Assert.Equal("clean", reply["Scan-Verdict"]);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData("body"u8))}:", reply["Repr-Digest"]);
        Assert.Equal("ClamProxy; fwd=bypass; fwd-status=200", reply["Cache-Status"]);
        Assert.Matches(@"^lookup;dur=[\d.]+, fetch;dur=[\d.]+, scan;dur=[\d.]+$", reply["Server-Timing"]);
        Assert.Empty(
            reply.Headers.Keys.Intersect(["X-Accel-Redirect", "X-Sendfile", "Alt-Svc", "X-Hop"], StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task LatinBytesInAHeader_Survive()
    {
        await using var origin = RawOrigin.Saying(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Name: caf\u00e9\r\nConnection: close\r\n\r\nx");
        await using var world = await ProxyWorld.StartAsync();
        using var request = world.Request("/x");
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", origin.Url);
        using var client = new HttpClient(
            new SocketsHttpHandler { ResponseHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1 });
        client.BaseAddress = world.Client.BaseAddress;

        using var response = await client.SendAsync(request);

        Assert.Equal("caf\u00e9", response.Headers.GetValues("X-Name").Single());
    }
}
