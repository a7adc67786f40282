using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http.Uploads;

/// <summary>Requests with a body on a route that allows them: scanned first, then sent upstream.</summary>
public sealed class UploadTests
{
    private static readonly byte[] Clean = RandomBody.Of(200_000);

    [Fact]
    public async Task CleanBody_ReachesUpstreamAsItCameAndItsAnswerTheClient()
    {
        await using var world = await UploadWorld.StartAsync();

        var reply = await world.PutAsync("/up/a%2Fb?x=%20", Clean, "application/x-thing; a=b");

        Assert.Equal((201, "stored", "clean"), (reply.Status, Encoding.ASCII.GetString(reply.Body), reply["Scan-Verdict"]));
        Assert.Equal("ClamProxy; fwd=method; fwd-status=201", reply["Cache-Status"]);
        Assert.Equal(Clean, Assert.Single(world.Received));
        var asked = Assert.Single(world.Origin.Requests);
        Assert.Equal(("PUT", "/a%2Fb?x=%20"), (asked.Method, asked.Target));
        Assert.Equal(("application/x-thing; a=b", "200000"), (asked.Headers["Content-Type"], asked.Headers["Content-Length"]));
        Assert.Equal([Clean, "stored"u8.ToArray()], world.Proxy.Clamd.Contents);
    }

    [Fact]
    public async Task InfectedBody_NeverReachesUpstream()
    {
        await using var world = await UploadWorld.StartAsync();

        var reply = await world.PutAsync("/up/file", Eicar.Bytes);

        world.AssertRefused(reply, "infected");
        Assert.Equal("infected", reply["Scan-Verdict"]);
        Assert.StartsWith("Infected ", reply.Reason);
        Assert.Equal(1, await world.Proxy.MetricAsync("clamproxy_uploads_requests_total"));
        Assert.Equal(0, await world.Proxy.MetricAsync("clamproxy_uploads_sent_bytes_total"));
    }

    [Fact]
    public async Task NoScanner_NothingReachesUpstream()
    {
        await using var world = await UploadWorld.StartAsync();
        world.Proxy.Clamd.Stop();

        var reply = await world.PutAsync("/up/file", Clean);

        world.AssertRefused(reply, "scanner-unavailable", 503);
    }

    [Fact]
    public async Task BodyOverTheLimit_Is413()
    {
        await using var world = await UploadWorld.StartAsync("--MAX_FILE_SIZE=100K");

        world.AssertRefused(await world.PutAsync("/up/file", Clean), "unscannable", 413);
    }

    [Fact]
    public async Task ChunkedBodyOverTheLimit_Is413()
    {
        await using var world = await UploadWorld.StartAsync("--MAX_FILE_SIZE=100K");
        using var content = new StreamContent(new MemoryStream(Clean));
        content.Headers.ContentLength = null;

        world.AssertRefused(
            await world.SendAsync(HttpMethod.Post, "/up/file", content, ("Transfer-Encoding", "chunked")), "unscannable", 413);
    }

    [Fact]
    public async Task ChunkedBody_GoesUpstreamWithItsLength()
    {
        await using var world = await UploadWorld.StartAsync();
        var body = RandomBody.Of(40_000_000);
        using var content = new StreamContent(new MemoryStream(body));
        world.Origin.Otherwise = context =>
        {
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            return world.TakeAsync(context);
        };

        var reply = await world.SendAsync(HttpMethod.Post, "/up/file", content, ("Transfer-Encoding", "chunked"));

        Assert.Equal(201, reply.Status);
        Assert.True(body.AsSpan().SequenceEqual(Assert.Single(world.Received)));
        Assert.Equal("40000000", Assert.Single(world.Origin.Requests).Headers["Content-Length"]);
    }

    [Fact]
    public async Task RequestWithoutBody_IsSentAsItIs()
    {
        await using var world = await UploadWorld.StartAsync();

        var reply = await world.SendAsync(HttpMethod.Delete, "/up/file", null);

        Assert.Equal(201, reply.Status);
        var asked = Assert.Single(world.Origin.Requests);
        Assert.Equal("DELETE", asked.Method);
        Assert.DoesNotContain("Transfer-Encoding", asked.Headers.Keys);
    }

    [Fact]
    public async Task InfectedAnswer_IsRefused()
    {
        await using var world = await UploadWorld.StartAsync();
        world.Origin.On("/file", Eicar.Bytes);

        var reply = await world.PutAsync("/up/file", Clean);

        Assert.Equal((409, "infected"), (reply.Status, reply["Scan-Verdict"]));
    }

    [Fact]
    public async Task ErrorOfUpstream_IsPassedOn()
    {
        await using var world = await UploadWorld.StartAsync();
        world.Origin.On("/file", context =>
        {
            context.Response.StatusCode = 403;
            return FakeOrigin.SendAsync(context, "this version exists"u8.ToArray());
        });

        var reply = await world.PutAsync("/up/file", Clean);

        Assert.Equal((403, "this version exists"), (reply.Status, Encoding.ASCII.GetString(reply.Body)));
    }

    [Fact]
    public async Task Conditions_AreUpstreamsToWeigh()
    {
        // A route whose answers are weighed here where they are read.
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:up:Rewrite:0:From=https://files.example.org/", "--ClamProxy:Routes:up:Rewrite:0:To=/up/");
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ETag = "\"2\"";
            return FakeOrigin.SendAsync(context, "new"u8.ToArray());
        });
        using var content = new ByteArrayContent(Clean);

        var reply = await world.SendAsync(HttpMethod.Put, "/up/file", content, ("If-Match", "\"1\""), ("Range", "bytes=0-0"));

        Assert.Equal((200, "new"), (reply.Status, Encoding.ASCII.GetString(reply.Body)));
        Assert.Equal("\"1\"", Assert.Single(world.Origin.Requests).Headers["If-Match"]);
    }

    [Fact]
    public async Task FieldsOfPublishing_GoUpstreamAndTheirOverridesDoNot()
    {
        await using var world = await UploadWorld.StartAsync();
        using var content = new ByteArrayContent(Clean);

        await world.SendAsync(
            HttpMethod.Put, "/up/file", content,
            ("npm-otp", "123456"), ("X-NuGet-ApiKey", "k"), ("Authorization", "Bearer t"), ("X-HTTP-Method-Override", "DELETE"));

        var asked = Assert.Single(world.Origin.Requests).Headers;
        Assert.Equal(("123456", "k", "Bearer t"), (asked["npm-otp"], asked["X-NuGet-ApiKey"], asked["Authorization"]));
        Assert.DoesNotContain("X-HTTP-Method-Override", asked.Keys);
    }

    [Fact]
    public async Task Redirect_IsPassedOnAndNotFollowed()
    {
        await using var world = await UploadWorld.StartAsync();
        world.Origin.Redirect("/file", "/up/elsewhere", 307);

        var reply = await world.PutAsync("/up/file", Clean);

        Assert.Equal((307, "/up/elsewhere"), (reply.Status, reply["Location"]));
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task RedirectPastTheScanner_IsRefusedWhereLinksAre()
    {
        await using var world = await UploadWorld.StartAsync("--ClamProxy:Routes:up:ForeignLinks=refuse");
        world.Origin.Redirect("/file", "https://elsewhere.example.org/file", 308);

        var reply = await world.PutAsync("/up/file", Clean);

        Assert.Equal(409, reply.Status);
        Assert.Contains("elsewhere.example.org", reply.Problem("detail"));
        Assert.DoesNotContain("Location", reply.Headers.Keys);
    }

    [Theory]
    [InlineData("no-cors")]
    [InlineData("navigate")]
    public async Task PageInABrowser_MayNotUseARoutesOwnCredential(string mode)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("token"), "of-clamproxy");
        await using var world = await UploadWorld.StartAsync($"--ClamProxy:Routes:up:Credential=bearer file:{folder.File("token")}");
        using var content = new ByteArrayContent(Clean);

        var reply = await world.SendAsync(
            HttpMethod.Post, "/up/file", content, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode));
        world.AssertRefused(reply, "asked-by-a-page", 403);
        using var form = new ByteArrayContent(Clean);
        reply = await world.SendAsync(HttpMethod.Post, "/up/file", form, ("Origin", "http://elsewhere.example.org"));
        world.AssertRefused(reply, "asked-by-a-page", 403);

        Assert.Equal(201, (await world.PutAsync("/up/file", Clean)).Status);
        Assert.Equal("Bearer of-clamproxy", Assert.Single(world.Origin.Requests).Headers["Authorization"]);
    }

    [Fact]
    public async Task PieceOfAFile_IsABadRequest()
    {
        await using var world = await UploadWorld.StartAsync();
        using var content = new ByteArrayContent(Clean);
        content.Headers.ContentRange = new(5, 9, 10);

        var reply = await world.SendAsync(HttpMethod.Put, "/up/file", content);

        Assert.Equal(400, reply.Status);
        Assert.Contains("Content-Range", reply.Problem("detail"), StringComparison.Ordinal);
        Assert.Empty(world.Origin.Requests);
    }

    [Theory]
    [InlineData("PATCH", "/up/file", "GET, HEAD, POST, PUT, DELETE")]
    [InlineData("PUT", "/other/file", "GET, HEAD")]
    [InlineData("GET", "/drop/file", "PUT")]
    [InlineData("PUT", "/part/file", "GET")]
    [InlineData("PUT", "/part/in/..%2ffile", "GET")]
    [InlineData("PUT", "/nowhere/file", "GET, HEAD")]
    public async Task OtherMethod_Is405WithWhatTheRouteAllows(string method, string path, string allowed)
    {
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:other:Path=/other", "--ClamProxy:Routes:other:Upstream=http://127.0.0.1:1/",
            "--ClamProxy:Routes:drop:Path=/drop", "--ClamProxy:Routes:drop:Upstream=http://127.0.0.1:1/",
            "--ClamProxy:Routes:drop:Methods=PUT",
            "--ClamProxy:Routes:part:Path=/part", "--ClamProxy:Routes:part:Upstream=http://127.0.0.1:1/",
            "--ClamProxy:Routes:part:Methods=GET,PUT /in/*");

        var reply = await world.SendAsync(new HttpMethod(method), path, null);

        Assert.Equal((405, allowed), (reply.Status, reply["Allow"]));
        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task UpstreamOfTheClientsChoosing_GetsNoBodies()
    {
        await using var world = await UploadWorld.StartAsync("--ClamProxy:Routes:up:AllowHeaders=true");
        using var content = new ByteArrayContent(Clean);

        var reply = await world.SendAsync(HttpMethod.Put, "/up/file", content, ("Download-From", world.Origin.Url));

        Assert.Equal((405, "GET, HEAD"), (reply.Status, reply["Allow"]));
        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task BlockedUrl_TakesNothing()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("blocks.json"), "[]", TestContext.Current.CancellationToken);
        await using var world = await UploadWorld.StartAsync($"--BLOCKS_FILE={folder.File("blocks.json")}");
        await File.WriteAllTextAsync(
            folder.File("blocks.json"),
            $$"""[ { "target": "{{world.Origin.Url}}/file", "reason": "frozen" } ]""",
            TestContext.Current.CancellationToken);

        Assert.Equal(409, (await world.PutAsync("/up/file", Clean)).Status);
        Assert.Empty(world.Origin.Requests);
    }
}
