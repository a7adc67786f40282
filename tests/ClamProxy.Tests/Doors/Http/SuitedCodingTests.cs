using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>An index is asked for in codings, kept as it came, and given to each client in one that it takes.</summary>
public sealed class SuitedCodingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _index = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 4000).Select(line => $"package-{line}")));

    public static TheoryData<string> Codings => ["gzip", "br", "zstd", "deflate", "gzip, br"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task ClientThatTakesTheCoding_GetsWhatCameAndOthersWhatItDecodesTo(string coding)
    {
        await using var world = await WorldAsync(coding, 3600);

        var first = await AskAsync(world, coding);
        var second = await AskAsync(world, coding);
        var plain = await AskAsync(world, null);
        var again = await AskAsync(world, "identity");

        Assert.All([first, second], reply => AssertIs(CodedBody.Of(coding, _index), coding, "\"v1\"", reply));
        Assert.All([plain, again], reply => AssertIs(_index, null, "W/\"v1\"", reply));
        Assert.All(
            [second, plain, again],
            reply => Assert.Matches("^ClamProxy; hit; ttl=\\d+; detail=store$", reply["Cache-Status"]));
        Assert.Equal([CodedBody.Of(coding, _index), _index], world.Clamd.Contents);
        Assert.Equal("gzip, br;q=0.9, zstd;q=0.8", Assert.Single(world.Origin.Requests).Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task ContentThatWasScannedBefore_IsNotScannedAgainForItsCoding()
    {
        await using var world = await WorldAsync("gzip", 0);

        for (var time = 0; time < 3; time++)
        {
            AssertIs(_index, null, "W/\"v1\"", await AskAsync(world, null));
        }

        On(world, "/index", "br", CodedBody.Of("br", _index), "\"v2\"");
        AssertIs(_index, null, "W/\"v2\"", await AskAsync(world, null));
        Assert.Equal([CodedBody.Of("gzip", _index), _index, CodedBody.Of("br", _index)], world.Clamd.Contents);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    public async Task InfectionInWhatItDecodesTo_IsRefusedAndNotKept(string? accepted)
    {
        await using var world = await WorldAsync("gzip", 3600, Eicar.Bytes);

        var replies = new[] { await AskAsync(world, accepted), await AskAsync(world, accepted) };

        Assert.All(replies, reply => Assert.Equal((409, "Infected Eicar-Test-Signature"), (reply.Status, reply.Reason)));
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task UpstreamFailsAfterARefusal_TheRefusalIsRemembered()
    {
        await using var world = await WorldAsync("gzip", 0, Eicar.Bytes, "--ClamProxy:Download:Retries=0");
        Assert.Equal(409, (await AskAsync(world, "gzip")).Status);
        world.Origin.On("/index", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        var reply = await AskAsync(world, "gzip");

        Assert.Equal((409, "Infected Eicar-Test-Signature"), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task ClientsWithoutCodings_ShareOneDecodingAndItsFile()
    {
        await using var world = await WorldAsync("gzip", 3600);
        await AskAsync(world, "gzip");

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(world, null)));

        Assert.All(replies, reply => AssertIs(_index, null, "W/\"v1\"", reply));
        Assert.Equal(2, Directory.EnumerateFiles(_folder.File("store/v1/contents"), "*", SearchOption.AllDirectories).Count());
        await world.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
    }

    [Fact]
    public async Task NewerSignatures_AreAskedOfWhatItDecodesToAlthoughTheBytesThatCameAreKnown()
    {
        await using var world = await WorldAsync("gzip", 3600);
        world.Origin.On("/plain", CodedBody.Of("gzip", _index));
        await AskAsync(world, "gzip");
        world.Clamd.VersionReply = "ClamAV 1.4.6/27900/Thu Jan  1 00:00:00 2026\0";
        await world.WaitForDatabaseAsync(27900);
        await world.GetAsync("/plain", cacheScan: true);
        world.Clamd.OnContent = (connection, content) => connection.ReplyAsync(
            content.AsSpan().SequenceEqual(_index) ? "stream: New.Worm FOUND\0" : "stream: OK\0");

        var reply = await AskAsync(world, "gzip");

        Assert.Equal((409, "Infected New.Worm"), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task PartOfWhatItDecodesTo_IsServed()
    {
        await using var world = await WorldAsync("gzip", 3600);

        var downloaded = await AskAsync(world, null, ("Range", "bytes=100-199"));
        var stored = await AskAsync(world, null, ("Range", "bytes=100-199"));

        Assert.All([downloaded, stored], reply => Assert.Equal(
            (206, $"bytes 100-199/{_index.Length}", null), (reply.Status, reply["Content-Range"], reply["Content-Encoding"])));
        Assert.All([downloaded, stored], reply => Assert.Equal(_index[100..200], reply.Body));
    }

    [Fact]
    public async Task PartOfWhatCame_IsServedAndNeverContinuedByWhatItDecodesTo()
    {
        await using var world = await WorldAsync("gzip", 3600);

        var coded = await AskAsync(world, "gzip", ("Range", "bytes=0-9"));
        var plain = await AskAsync(world, null, ("Range", "bytes=10-19"));

        Assert.Equal((206, "gzip"), (coded.Status, coded["Content-Encoding"]));
        Assert.Equal(CodedBody.Of("gzip", _index)[..10], coded.Body);
        Assert.Equal(409, plain.Status);
    }

    [Theory]
    [InlineData("gzip", "\"v1\"")]
    [InlineData(null, "W/\"v1\"")]
    [InlineData(null, "\"v1\"")]
    public async Task CopyThatIsCurrent_IsNotSentAgain(string? accepted, string tag)
    {
        await using var world = await WorldAsync("gzip", 3600);
        await AskAsync(world, accepted);

        var reply = await AskAsync(world, accepted, ("If-None-Match", tag));

        Assert.Equal((304, "Accept-Encoding"), (reply.Status, reply["Vary"]));
        Assert.Equal(accepted is null ? "W/\"v1\"" : "\"v1\"", reply["ETag"]);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData(null, true)]
    [InlineData("gzip", false)]
    [InlineData(null, false)]
    public async Task Head_IsThatOfWhatAGetWouldSend(string? accepted, bool isStored)
    {
        await using var world = await WorldAsync("gzip", 3600);
        if (isStored)
        {
            await AskAsync(world, accepted);
        }

        var head = await AskAsync(world, accepted, HttpMethod.Head);

        var length = accepted is not null ? CodedBody.Of("gzip", _index).Length : isStored ? _index.Length : (int?)null;
        Assert.Equal(
            (200, accepted, accepted is null ? "W/\"v1\"" : "\"v1\"", "Accept-Encoding", length?.ToString(CultureInfo.InvariantCulture)),
            (head.Status, head["Content-Encoding"], head["ETag"], head["Vary"], head["Content-Length"]));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData(null, false)]
    public async Task SlowScan_IsBridgedForClientsThatTakeTheCoding(string? accepted, bool isTrickled)
    {
        await using var world = await WorldAsync(
            "gzip", 3600, RandomBody.Of(300_000), "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=4K", "--DELIVERY=trickle",
            "--ClamProxy:Gate:TrickleInterval=1ms", "--ClamProxy:Gate:TrickleBytes=4K");
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) => await connection.ReplyAsync(await verdict.Task);
        // Not by the route: a text whose links are checked is held in any case.
        using var request = world.Request("/index");
        request.Headers.Remove("Cache-Scan");
        request.Headers.TryAddWithoutValidation("Cache-Scan", "Revalidate");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        var asked = world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (isTrickled)
        {
            using var begun = await asked;
            Assert.Equal(["Accept-Encoding"], begun.Headers.Vary);
            Assert.Equal(["gzip"], begun.Content.Headers.ContentEncoding);
            verdict.SetResult("stream: OK\0");
            return;
        }

        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        Assert.False(asked.IsCompleted);
        verdict.SetResult("stream: OK\0");
        using var whole = await asked;
        Assert.Empty(whole.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task HeadOfAnUpstreamThatCodesNone_LeavesTheStoredAnswerFresh()
    {
        await using var world = await WorldAsync("gzip", 3600);
        await AskAsync(world, "gzip");
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            return FakeOrigin.SendAsync(context, _index);
        });

        await AskAsync(world, "gzip", HttpMethod.Head, ("Cache-Control", "no-cache"));
        var reply = await AskAsync(world, "gzip");

        AssertIs(CodedBody.Of("gzip", _index), "gzip", "\"v1\"", reply);
        Assert.Matches("^ClamProxy; hit; ttl=\\d+; detail=store$", reply["Cache-Status"]);
    }

    [Fact]
    public async Task HeadOfUpstream_DoesNotChangeTheStoredTag()
    {
        await using var world = await WorldAsync("gzip", 0);
        await AskAsync(world, "gzip");

        await AskAsync(world, null, HttpMethod.Head);
        var reply = await AskAsync(world, "gzip");

        AssertIs(CodedBody.Of("gzip", _index), "gzip", "\"v1\"", reply);
        Assert.Equal("\"v1\"", world.Origin.Requests.Last().Headers["If-None-Match"]);
    }

    [Theory]
    [InlineData("gzip, aws-chunked")]
    [InlineData("identity, gzip")]
    public async Task CodingsThatClientsUnderstandInSeveralWays_AreSentAsTheyCameAndNotKept(string coding)
    {
        await using var world = await WorldAsync("gzip", 3600);
        On(world, "/index", coding, CodedBody.Of("gzip", _index), "\"v2\"");

        var replies = new[] { await AskAsync(world, null), await AskAsync(world, null) };

        Assert.All(replies, reply => Assert.Equal((200, coding), (reply.Status, reply["Content-Encoding"])));
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("/dists/Packages.gz", "text/plain")]
    [InlineData("/crates/a-1.0.CRATE?x=/", "application/octet-stream")]
    [InlineData("/packages/a", "application/x-gzip; x=y")]
    public async Task FileThatIsCompressedItself_IsSentAsItCame(string path, string type)
    {
        await using var world = await WorldAsync("gzip", 3600);
        world.Origin.Otherwise = context =>
        {
            context.Response.ContentType = type;
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.Headers.CacheControl = "max-age=3600";
            return FakeOrigin.SendAsync(context, CodedBody.Of("gzip", _index));
        };

        var replies = new[] { await world.GetAsync("/r" + path), await world.GetAsync("/r" + path) };

        Assert.All(replies, reply => Assert.Equal(CodedBody.Of("gzip", _index), reply.Body));
        Assert.Equal((1, 2), (world.Origin.Requests.Count, world.Clamd.Contents.Count));
    }

    [Fact]
    public async Task PrivateIndex_IsDecodedAndNeverKept()
    {
        await using var world = await WorldAsync("gzip", 3600);

        var replies = new[]
        {
            await AskAsync(world, null, ("Authorization", "Basic eDp5")), await AskAsync(world, null, ("Authorization", "Basic eDp5")),
        };

        Assert.All(replies, reply => AssertIs(_index, null, "W/\"v1\"", reply));
        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.Empty(Directory.EnumerateFiles(_folder.File("store/v1/contents"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task ImmutableFile_IsAskedForWithoutCodingsAndSentAsItCame()
    {
        await using var world = await WorldAsync("gzip", 3600);
        On(world, "/file", "gzip", CodedBody.Of("gzip", _index), "\"v1\"");

        var reply = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((200, "gzip"), (reply.Status, reply["Content-Encoding"]));
        Assert.Equal("identity", world.Origin.Requests.Last().Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task NginxInFront_SendsWhatItDecodesToAndNothingCoded()
    {
        await using var world = await WorldAsync("gzip", 3600, null, "--ACCEL_REDIRECT=/.store/");
        (string, string) accel = ("X-Sendfile-Type", "X-Accel-Redirect");
        await AskAsync(world, null);
        await AskAsync(world, null);

        var coded = await AskAsync(world, "gzip", accel);
        var plain = await AskAsync(world, null, accel);

        AssertIs(CodedBody.Of("gzip", _index), "gzip", "\"v1\"", coded);
        Assert.EndsWith(Convert.ToHexStringLower(SHA256.HashData(_index)), plain["X-Accel-Redirect"], StringComparison.Ordinal);
        Assert.Null(plain["Content-Encoding"]);
    }

    [Fact]
    public async Task DecodedAnswers_LeaveNothingInTheSpool()
    {
        await using var world = await WorldAsync("gzip", 0);

        await AskAsync(world, null);
        await AskAsync(world, null);

        await world.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
        Assert.Empty(Directory.EnumerateFiles(world.SpoolPath));
    }

    private static void AssertIs(byte[] body, string? coding, string tag, Reply reply)
    {
        Assert.Equal((200, coding, tag, "Accept-Encoding"), (reply.Status, reply["Content-Encoding"], reply["ETag"], reply["Vary"]));
        Assert.Equal(body, reply.Body);
        Assert.Equal(body.Length.ToString(CultureInfo.InvariantCulture), reply["Content-Length"]);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:", reply["Repr-Digest"]);
    }

    private static Task<Reply> AskAsync(ProxyWorld world, string? accepted, params (string Name, string Value)[] headers) =>
        AskAsync(world, accepted, HttpMethod.Get, headers);

    private static async Task<Reply> AskAsync(
        ProxyWorld world, string? accepted, HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri("/r/index", UriKind.Relative));
        foreach (var (name, value) in accepted is null ? headers : headers.Append(("Accept-Encoding", accepted)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await world.SendAsync(request);
    }

    private async Task<ProxyWorld> WorldAsync(string coding, int maxAge, byte[]? content = null, params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(origin =>
        [
            $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}",
            "--ClamProxy:Routes:r:Revalidate=true", .. settings,
        ]);
        On(world, "/index", coding, CodedBody.Of(coding, content ?? _index), "\"v1\"", maxAge);
        return world;
    }

    private static void On(ProxyWorld world, string path, string coding, byte[] body, string tag, int maxAge = 0) =>
        world.Origin.On(path, context =>
        {
            context.Response.Headers.ETag = tag;
            context.Response.Headers.CacheControl = $"max-age={maxAge}";
            context.Response.Headers.ContentEncoding = coding;
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return FakeOrigin.SendAsync(context, body);
        });
}
