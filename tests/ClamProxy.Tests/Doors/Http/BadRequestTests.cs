using System.Net.Sockets;
using System.Text;

namespace ClamProxy.Tests.Doors.Http;

public sealed class BadRequestTests
{
    [Theory]
    [InlineData("/x", "Cache-Scan: True", "Download-From")]
    [InlineData("/x", "Download-From: http://a\r\nDownload-From: http://a", "once")]
    [InlineData("/x", "Download-From: http://a\r\nCache-Scan: True\r\nCache-Scan: True", "once")]
    [InlineData("/x", "Download-From: files.pythonhosted.org", "http")]
    [InlineData("/x", "Download-From: /relative", "http")]
    [InlineData("/x", "Download-From: ftp://a", "http")]
    [InlineData("/x", "Download-From: file:///etc/passwd", "http")]
    [InlineData("/x", "Download-From: http://user:secret@a", "user")]
    [InlineData("/x", "Download-From: http://a/#f", "fragment")]
    [InlineData("/x", "Download-From: http://a?x=1", "query")]
    [InlineData("/x", "Download-From: http://a\r\nCache-Scan: yes", "Cache-Scan")]
    [InlineData("/x", "Download-From: http://a\r\nCache-Scan: ", "Cache-Scan")]
    [InlineData("/../x", "Download-From: http://a/base", "base")]
    [InlineData("/%2e%2e/x", "Download-From: http://a/base", "base")]
    [InlineData("/a/..%2f..%2f..%2fx", "Download-From: http://a/base", "base")]
    [InlineData("/x#f", "Download-From: http://a", "")]
    [InlineData("/x\u0001y", "Download-From: http://a", "")]
    public async Task BadRequest_SaysWhatWasWrong(string target, string headers, string expectedInDetail)
    {
        await using var world = await ProxyWorld.StartAsync();

        var answer = await SendRawAsync(world, $"GET {target} HTTP/1.1\r\nHost: proxy\r\n{headers}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 Bad request\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains(expectedInDetail, answer.Split("\"detail\":")[1], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
        Assert.Empty(world.Origin.Requests);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task OtherMethods_AreNotAllowed(string method)
    {
        await using var world = await ProxyWorld.StartAsync();
        using var request = world.Request("/x", method: new HttpMethod(method));

        var reply = await world.SendAsync(request);

        Assert.Equal(405, reply.Status);
        Assert.Equal("GET, HEAD", reply["Allow"]);
        Assert.Equal("urn:clamproxy:problem:method-not-allowed", reply.Problem("type"));
    }

    [Fact]
    public async Task TargetThatLeadsBackHere_IsRefused()
    {
        await using var world = await ProxyWorld.StartAsync();
        using var through = world.Request("/loop");
        world.Origin.On("/loop", async context =>
        {
            // An upstream that asks the proxy again, as a mirror pointing at itself does.
            using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Client.BaseAddress!, "/x"));
            again.Headers.Add("Via", context.Request.Headers.Via.ToString());
            again.Headers.Add("Download-From", world.Origin.Url);
            using var answer = await world.Client.SendAsync(again);
            context.Response.StatusCode = (int)answer.StatusCode;
        });

        Assert.Equal(403, (await world.SendAsync(through)).Status);
    }

    private static async Task<string> SendRawAsync(ProxyWorld world, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", world.Client.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
