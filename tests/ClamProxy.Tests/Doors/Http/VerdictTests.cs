using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What earlier verdicts may answer, and what they may not.</summary>
public sealed class VerdictTests
{
    private static readonly byte[] Content = RandomBody.Of(400_000);

    [Fact]
    public async Task InfectedImmutableFile_IsRefusedAgainWithoutAskingUpstream()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/bad", Eicar.Bytes);

        var first = await world.GetAsync("/bad", cacheScan: true);
        var second = await world.GetAsync("/bad", cacheScan: true);

        Assert.Equal((409, "Infected Eicar-Test-Signature"), (first.Status, first.Reason));
        Assert.Equal((409, "Infected Eicar-Test-Signature"), (second.Status, second.Reason));
        Assert.Equal("ClamProxy; fwd=uri-miss", first["Cache-Status"]);
        Assert.Equal("ClamProxy; hit; detail=url-verdict", second["Cache-Status"]);
        Assert.Equal("infected", second["Scan-Verdict"]);
        Assert.Equal("Eicar-Test-Signature", second.Problem("signature"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes)), second.Problem("sha256"));
        Assert.Equal($"{world.Origin.Url}/bad", second.Problem("target"));
        Assert.Equal("1.4.6", second.Problem("engine"));
        Assert.Equal("27826", second.Problem("signatureDatabase"));
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task CleanImmutableFile_IsScannedOnceAndCheckedByHashThen()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);

        await world.GetAsync("/file", cacheScan: true);
        var second = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(Content, second.Body);
        Assert.Equal("ClamProxy; hit; detail=url-verdict", second["Cache-Status"]);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(Content))}:", second["Repr-Digest"]);
        Assert.Single(world.Clamd.Contents);
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task CacheScanFalse_IsDownloadedAndScannedEachTime()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);

        await world.GetAsync("/file", cacheScan: true);
        var reply = await world.GetAsync("/file", cacheScan: false);

        Assert.Equal("ClamProxy; fwd=bypass; fwd-status=200", reply["Cache-Status"]);
        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task SameContentElsewhere_IsKnownByItsHash()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/here", Content).On("/there", Content);

        await world.GetAsync("/here", cacheScan: true);
        var reply = await world.GetAsync("/there", cacheScan: true);

        Assert.Equal(Content, reply.Body);
        Assert.Equal("ClamProxy; hit; detail=content-verdict", reply["Cache-Status"]);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task ContentChangedBehindItsVerdict_IsScannedBeforeAByteOfItIsSent()
    {
        await using var world = await ProxyWorld.StartAsync();
        var changed = (byte[])Content.Clone();
        changed[0] ^= 1;
        var served = Content;
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, served));
        await world.GetAsync("/file", cacheScan: true);
        served = changed;

        var reply = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(changed, reply.Body);
        Assert.Equal("ClamProxy; fwd=stale; fwd-status=200", reply["Cache-Status"]);
        Assert.Equal(2, world.Clamd.Contents.Count);
        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_content_changes_total"));
        Assert.Equal("ClamProxy; hit; detail=url-verdict", (await world.GetAsync("/file", cacheScan: true))["Cache-Status"]);
    }

    [Theory]
    [InlineData(68)]
    [InlineData(400_000)]
    public async Task ContentTurnedInfectedBehindItsVerdict_IsRefusedBeforeAByteOfItIsSent(int length)
    {
        await using var world = await ProxyWorld.StartAsync();
        var served = RandomBody.Of(length);
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, served));
        await world.GetAsync("/file", cacheScan: true);
        Eicar.Bytes.CopyTo(served, 0);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Eicar-Test-Signature FOUND\0");

        var reply = await world.GetAsync("/file", cacheScan: true);
        var next = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((409, "Infected Eicar-Test-Signature"), (reply.Status, reply.Reason));
        Assert.Equal((409, "ClamProxy; hit; detail=url-verdict"), (next.Status, next["Cache-Status"]));
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task ChangedContentThatCannotBeScanned_IsNotServedAndTheOldVerdictIsDropped()
    {
        await using var world = await ProxyWorld.StartAsync();
        var served = Content;
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, served));
        await world.GetAsync("/file", cacheScan: true);
        served = RandomBody.Of(Content.Length);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Can't allocate memory ERROR\0");

        Assert.NotEqual(200, (await world.GetAsync("/file", cacheScan: true)).Status);
        served = Content;
        var reply = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((200, "ClamProxy; hit; detail=content-verdict"), (reply.Status, reply["Cache-Status"]));
    }

    [Fact]
    public async Task ManyClientsOfAKnownCleanFile_ShareOneDownload()
    {
        const int Clients = 20;
        await using var world = await ProxyWorld.StartAsync();
        var goOn = Task.CompletedTask;
        world.Origin.On("/file", async context =>
        {
            await goOn;
            await FakeOrigin.SendAsync(context, Content);
        });
        await world.GetAsync("/file", cacheScan: true);
        var release = new TaskCompletionSource();
        goOn = release.Task;

        var asked = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => world.GetAsync("/file", cacheScan: true)));
        await world.WaitForMetricAsync("clamproxy_gate_waiters", Clients);
        release.SetResult();

        Assert.All(await asked, reply => Assert.Equal((200, "ClamProxy; hit; detail=url-verdict"), (reply.Status, reply["Cache-Status"])));
        Assert.Equal((2, 1), (world.Origin.Requests.Count, world.Clamd.Contents.Count));
    }

    [Fact]
    public async Task SlowReadersOfAKnownCleanFile_HoldNoUpstreamConnection()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Download:MaxConnectionsPerUpstream=1");
        world.Origin.On("/large", RandomBody.Of(16 << 20)).On("/small", Content);
        await world.GetAsync("/large", cacheScan: true);

        var readers = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
        {
            using var request = world.Request("/large", cacheScan: true);
            readers.Add(await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        }

        Assert.Equal(200, (await world.GetAsync("/small")).Status);
        readers.ForEach(reader => reader.Dispose());
    }

    [Fact]
    public async Task ConditionMetOnAKnownCleanFile_IsUpstreamsWord()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.StatusCode = 304;
                return;
            }

            await FakeOrigin.SendAsync(context, Content);
        });
        await world.GetAsync("/file", cacheScan: true);

        var reply = await world.GetAsync("/file", cacheScan: true, ("If-None-Match", "\"v1\""));

        Assert.Equal((304, "ClamProxy; fwd=stale; fwd-status=304"), (reply.Status, reply["Cache-Status"]));
    }

    [Fact]
    public async Task PartOfAKnownCleanFile_IsCutFromWhatWasCompared()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);
        await world.GetAsync("/file", cacheScan: true);

        var reply = await world.GetAsync("/file", cacheScan: true, ("Range", "bytes=1000-1999"));

        Assert.Equal((206, "ClamProxy; hit; detail=url-verdict"), (reply.Status, reply["Cache-Status"]));
        Assert.Equal(Content[1000..2000], reply.Body);
        Assert.Single(world.Clamd.Contents);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("etag")]
    [InlineData("coding")]
    [InlineData("status")]
    public async Task HeadShowsThatTheContentChanged_ItIsScannedAtOnce(string change)
    {
        await using var world = await ProxyWorld.StartAsync();
        var isChanged = false;
        world.Origin.On("/file", async context =>
        {
            var headers = context.Response.Headers;
            headers.ETag = isChanged && change == "etag" ? "\"v2\"" : "\"v1\"";
            context.Response.StatusCode = isChanged && change == "status" ? 404 : 200;
            headers.ContentEncoding = isChanged && change == "coding" ? "identity" : default;
            await FakeOrigin.SendAsync(context, isChanged && change == "length" ? [.. Content, 1] : Content);
        });
        await world.GetAsync("/file", cacheScan: true);
        isChanged = true;

        var reply = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(change == "status" ? 404 : 200, reply.Status);
        // Another tag on the same bytes is no other content.
        Assert.Contains(
            change is "etag" or "coding" ? "hit; detail=url-verdict" : "fwd=stale", reply["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(change == "length" ? Content.Length + 1 : Content.Length, reply.Body.Length);
    }

    [Fact]
    public async Task NewSignatures_MakeACleanVerdictStale()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);
        await world.GetAsync("/file", cacheScan: true);

        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: New.Worm FOUND\0");
        world.Clamd.VersionReply = "ClamAV 1.4.6/27827/Sat Nov 21 08:00:00 2026\0";
        await world.WaitForDatabaseAsync(27827);
        var reply = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((409, "Infected New.Worm"), (reply.Status, reply.Reason));
    }

    [Theory]
    [InlineData("Heuristics.Limits.Exceeded.MaxFiles", "engine-limit", true)]
    [InlineData("Heuristics.Encrypted.Zip", "encrypted", true)]
    [InlineData("Heuristics.Limits.Exceeded.MaxFileSize", "too-large", false)]
    public async Task Unscannable_SaysWhyAndIsKeptOnlyWhereItLasts(string signature, string reason, bool isKept)
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", Content);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync($"stream: {signature} FOUND\0");

        var first = await world.GetAsync("/file", cacheScan: true);
        await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((409, $"Unscannable {reason}"), (first.Status, first.Reason));
        Assert.Equal("urn:clamproxy:problem:unscannable", first.Problem("type"));
        Assert.Equal(reason, first.Problem("reason"));
        Assert.Equal("unscannable", first["Scan-Verdict"]);
        Assert.Equal(isKept ? 1 : 2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task AnotherCredential_SharesNoVerdict()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/private", async context =>
        {
            var isAlice = context.Request.Headers.Authorization == "Bearer alice";
            context.Response.StatusCode = isAlice ? 200 : 401;
            await context.Response.WriteAsync(isAlice ? "alice's" : "who are you?");
        });

        Assert.Equal(200, (await world.GetAsync("/private", cacheScan: true, ("Authorization", "Bearer alice"))).Status);
        Assert.Equal(
            "hit; detail=url-verdict",
            (await world.GetAsync("/private", cacheScan: true, ("Authorization", "Bearer alice")))["Cache-Status"]!.Split("; ", 2)[1]);
        var bob = await world.GetAsync("/private", cacheScan: true, ("Authorization", "Bearer bob"));
        Assert.Equal((401, "who are you?"), (bob.Status, Encoding.UTF8.GetString(bob.Body)));
    }
}
