using System.Net;
using System.Text;
using ClamProxy.TestKit;
using WireMock.Matchers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What an upstream answers that is a plain web server, and what it is asked.</summary>
public sealed class OrdinaryUpstreamTests : IDisposable
{
    private static readonly byte[] Content = RandomBody.Of(10_000);

    private readonly WireMockServer _upstream = Start();

    private IEnumerable<WireMock.IRequestMessage> Requests => _upstream.LogEntries.Select(entry => entry.RequestMessage!);

    public void Dispose() => _upstream.Dispose();

    [Theory]
    [InlineData(200, "application/json; charset=utf-8")]
    [InlineData(200, "image/svg+xml")]
    [InlineData(404, "text/html")]
    [InlineData(410, "text/plain")]
    [InlineData(500, "text/plain")]
    [InlineData(503, "application/problem+json")]
    public async Task Answer_HasUpstreamsStatusTypeAndBody(int status, string type)
    {
        await using var world = await ProxyWorld.StartAsync();
        Answer("/x", Response.Create().WithStatusCode(status).WithHeader("Content-Type", type).WithBody("a page"));

        var reply = await AskAsync(world, "/x");

        Assert.Equal((status, type, "a page"), (reply.Status, reply["Content-Type"], Text(reply)));
        Assert.Equal("a page", Encoding.UTF8.GetString(Assert.Single(world.Clamd.Contents)));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task ErrorStatus_IsScannedAndNeverKept(int status)
    {
        await using var world = await ProxyWorld.StartAsync();
        Answer("/x", Response.Create().WithStatusCode(status).WithBody("maintenance"));

        await AskAsync(world, "/x", cacheScan: true);
        var second = await AskAsync(world, "/x", cacheScan: true);

        Assert.Equal((status, "maintenance", "clean"), (second.Status, Text(second), second["Scan-Verdict"]));
        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task InfectedErrorPage_IsRefusedLikeAnythingElse()
    {
        await using var world = await ProxyWorld.StartAsync();
        Answer("/x", Response.Create().WithStatusCode(404).WithBody(Eicar.Bytes));

        Assert.Equal(409, (await AskAsync(world, "/x")).Status);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(308)]
    public async Task RedirectToAnotherServer_IsFollowedHere(int status)
    {
        using var other = Start();
        await using var world = await ProxyWorld.StartAsync();
        Answer("/old", Response.Create().WithStatusCode(status).WithHeader("Location", $"{Url(other)}/new"));
        Answer("/new", Response.Create().WithBody("new"), other);

        var reply = await AskAsync(world, "/old");

        Assert.Equal((200, "new", null), (reply.Status, Text(reply), reply["Location"]));
        Assert.Equal("/new", Assert.Single(other.LogEntries).RequestMessage!.Path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UpstreamSays304_SoDoWe(bool cacheScan)
    {
        await using var world = await ConditionalAsync();
        await AskAsync(world, "/file", cacheScan);

        var reply = await AskAsync(world, "/file", cacheScan, headers: ("If-None-Match", "\"v1\""));

        Assert.Equal((304, 0), (reply.Status, reply.Body.Length));
        Assert.Equal("\"v1\"", reply["ETag"]);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task ConditionThatDoesNotHold_GetsTheFile()
    {
        await using var world = await ConditionalAsync();

        var reply = await AskAsync(world, "/file", headers: ("If-None-Match", "\"v0\""));

        Assert.Equal((200, "content"), (reply.Status, Text(reply)));
    }

    [Fact]
    public async Task UpstreamWithoutRanges_PartIsCutFromTheScannedFile()
    {
        await using var world = await ProxyWorld.StartAsync();
        Answer("/file", Response.Create().WithHeader("Accept-Ranges", "none").WithBody(Content));

        var reply = await AskAsync(world, "/file", headers: ("Range", "bytes=100-199"));

        Assert.Equal((206, "bytes 100-199/10000"), (reply.Status, reply["Content-Range"]));
        Assert.Equal(Content[100..200], reply.Body);
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
        Assert.DoesNotContain("Range", Assert.Single(Requests).Headers!.Keys);
    }

    [Fact]
    public async Task RangeOfAnErrorPage_IsTheWholePage()
    {
        await using var world = await ProxyWorld.StartAsync();
        Answer("/gone", Response.Create().WithStatusCode(404).WithBody("not here"));

        var reply = await AskAsync(world, "/gone", headers: ("Range", "bytes=0-0"));

        Assert.Equal((404, "not here"), (reply.Status, Text(reply)));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task RequestFields_GoUpstreamLessThoseThatEndHere(string method)
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:ForwardedFields=X-Custom,User-Agent");
        Answer("/x", Response.Create().WithBody("x"));

        await AskAsync(
            world, "/x", method: method, headers:
            [
                ("Authorization", "Bearer t"), ("Cookie", "a=b"), ("User-Agent", "pip/25"), ("X-Custom", "1"),
                ("Accept-Encoding", "gzip, br"), ("Range", "bytes=0-0"), ("If-Range", "\"x\""), ("Connection", "X-Hop"), ("X-Hop", "1"),
                ("TE", "trailers"), ("Proxy-Authorization", "Basic x"), ("Keep-Alive", "timeout=5"), ("Via", "1.1 clamproxy-0123abcd"),
            ]);

        var seen = Assert.Single(Requests).Headers!.ToDictionary(
            field => field.Key, field => string.Join(", ", field.Value), StringComparer.OrdinalIgnoreCase);
        Assert.Equal("Bearer t", seen["Authorization"]);
        Assert.Equal("a=b", seen["Cookie"]);
        Assert.Equal("pip/25", seen["User-Agent"]);
        Assert.Equal("1", seen["X-Custom"]);
        Assert.Equal("identity", seen["Accept-Encoding"]);
        Assert.StartsWith("1.1 clamproxy-0123abcd, 1.1 clamproxy-", seen["Via"], StringComparison.Ordinal);
        Assert.Equal($"127.0.0.1:{_upstream.Port}", seen["Host"]);
        Assert.Empty(seen.Keys.Intersect(
            [
                "Download-From", "Cache-Scan", "Range", "If-Range", "Connection", "X-Hop", "TE", "Proxy-Authorization", "Keep-Alive",
                "Transfer-Encoding",
            ],
            StringComparer.OrdinalIgnoreCase));
    }

    private static WireMockServer Start() => WireMockServer.Start(FreePort.Next());

    private static string Url(WireMockServer server) => $"http://127.0.0.1:{server.Port}";

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Body);

    private void Answer(string path, IResponseBuilder answer, WireMockServer? server = null) =>
        (server ?? _upstream).Given(Request.Create().WithPath(path)).RespondWith(answer);

    private async Task<ProxyWorld> ConditionalAsync()
    {
        Answer("/file", Response.Create().WithHeader("ETag", "\"v1\"").WithBody("content"));
        _upstream
            .Given(Request.Create().WithPath("/file").WithHeader("If-None-Match", new ExactMatcher("\"v1\"")))
            .AtPriority(-1)
            .RespondWith(Response.Create().WithStatusCode(HttpStatusCode.NotModified).WithHeader("ETag", "\"v1\""));
        return await ProxyWorld.StartAsync();
    }

    private async Task<Reply> AskAsync(
        ProxyWorld world, string path, bool cacheScan = false, string method = "GET", params (string Name, string Value)[] headers)
    {
        using var request = world.Request(path, cacheScan, new HttpMethod(method), headers);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", Url(_upstream));
        return await world.SendAsync(request);
    }
}
