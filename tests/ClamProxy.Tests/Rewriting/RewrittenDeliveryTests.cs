using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Rewriting;

/// <summary>However a text gets to the client: from the store, straight from upstream, or as a trickle.</summary>
public sealed class RewrittenDeliveryTests : IDisposable
{
    private const string Immutable = "--ClamProxy:Routes:idx:CacheScan=true";
    private const string Found = "stream: Eicar-Test-Signature FOUND\0";
    private const int HoldBack = 1024;

    private static readonly string Large = string.Concat(
        Enumerable.Range(0, 2000).Select(line => $"<a href=\"https://files.example.org/{line}.whl\">{line}</a>\n"));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StoredText_IsRewrittenForEachPublicBase()
    {
        await using var world = (await StoringWorldAsync()).On("/a", RewritingWorld.Index);
        await world.GetAsync("/a");

        var here = await world.GetAsync("/a");
        var there = await world.GetAsync("/a", ("Host", "other.example.org"));

        Assert.Equal((world.Rewritten, "ClamProxy; hit; detail=store"), (Text(here), here["Cache-Status"]));
        Assert.Equal(world.Rewritten.Replace(world.Base, "http://other.example.org", StringComparison.Ordinal), Text(there));
        Assert.All([here, there], AssertSaysWhatIsSent);
        Assert.NotNull(here["Age"]);
        Assert.Single(world.Origin.Requests);
        Assert.Equal([RewritingWorld.Index], world.ScannedAsItCame);
    }

    [Fact]
    public async Task StoredText_NeverGoesToNginxAsItIs()
    {
        await using var world = (
            await StoringWorldAsync(
                "--ACCEL_REDIRECT=/.store/")).On("/a", RewritingWorld.Index).On("/b", RewritingWorld.Other, "application/x-wheel");
        await world.GetAsync("/a");
        await world.GetAsync("/b");

        var text = await world.GetAsync("/a", ("X-Sendfile-Type", "X-Accel-Redirect"));
        var file = await world.GetAsync("/b", ("X-Sendfile-Type", "X-Accel-Redirect"));

        Assert.Equal((null, world.Rewritten), (text["X-Accel-Redirect"], Text(text)));
        Assert.NotNull(file["X-Accel-Redirect"]);
    }

    [Fact]
    public async Task StoredText_ConditionsAndHeadAreAboutTheNewText()
    {
        const string Modified = "Fri, 20 Nov 2026 08:00:00 GMT";
        await using var world = (await StoringWorldAsync()).On("/a", RewritingWorld.Index, lastModified: Modified);
        var tag = (await world.GetAsync("/a"))["ETag"]!;

        var head = await world.SendAsync(HttpMethod.Head, "/a");
        Reply[] current =
        [
            await world.GetAsync("/a", ("If-None-Match", tag)), await world.SendAsync(HttpMethod.Head, "/a", ("If-None-Match", tag))
        ];
        Reply[] old =
        [
            await world.GetAsync("/a", ("If-None-Match", "\"v1\"")),
            await world.GetAsync("/a", ("If-Modified-Since", Modified)),
            await world.GetAsync("/a", ("Range", "bytes=0-1"))
        ];

        Assert.Equal((tag, world.Rewritten.Length.ToString(CultureInfo.InvariantCulture)), (head["ETag"], head["Content-Length"]));
        Assert.All(current, reply => Assert.Equal((304, tag), (reply.Status, reply["ETag"])));
        Assert.All(old, reply => Assert.Equal((200, world.Rewritten), (reply.Status, Text(reply))));
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task TextOfKnownVerdict_IsComparedThenRewritten()
    {
        await using var world = (await RewritingWorld.StartAsync(Immutable)).On("/a", Large);
        await world.GetAsync("/a");

        var reply = await world.GetAsync("/a");

        Assert.Equal("ClamProxy; hit; detail=url-verdict", reply["Cache-Status"]);
        Assert.Equal(Rewritten(world), Text(reply));
        AssertSaysWhatIsSent(reply);
        Assert.Null(reply["Accept-Ranges"]);
        Assert.Single(world.ScannedAsItCame);
    }

    [Fact]
    public async Task TextThatChangedBehindItsVerdict_IsScannedBeforeItIsRewritten()
    {
        await using var world = (await RewritingWorld.StartAsync(Immutable)).On("/a", Large, etag: null);
        await world.GetAsync("/a");
        var changed = Large[..^9] + "tampered!";
        world.On("/a", changed, etag: null);

        var reply = await world.GetAsync("/a");

        Assert.EndsWith("tampered!", Text(reply), StringComparison.Ordinal);
        Assert.Equal("ClamProxy; fwd=stale; fwd-status=200", reply["Cache-Status"]);
        Assert.Equal([Large, changed], world.ScannedAsItCame);
    }

    [Fact]
    public async Task OldClientOfKnownVerdict_GetsALength()
    {
        await using var world = (await RewritingWorld.StartAsync(Immutable)).On("/a", Large);
        await world.GetAsync("/a");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/idx/a", UriKind.Relative)) { Version = new Version(1, 0) };

        var reply = await world.Proxy.SendAsync(request);

        Assert.Equal(Rewritten(world), Text(reply));
        AssertSaysWhatIsSent(reply);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SlowScan_TextIsTrickledRewritten(bool hasLength)
    {
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await SlowWorldAsync(verdict, hasLength);
        using var response = await world.Proxy.Client.GetAsync(
            new Uri("/idx/a", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = new byte[5000];
        await body.ReadExactlyAsync(first);

        verdict.SetResult("stream: OK\0");
        using var rest = new StreamReader(body);

        Assert.Equal(Rewritten(world), Encoding.UTF8.GetString(first) + await rest.ReadToEndAsync());
        Assert.Equal((null, false), (response.Content.Headers.ContentLength, response.Headers.Contains("Repr-Digest")));
        Assert.Equal([Large], world.ScannedAsItCame);
    }

    [Fact]
    public async Task BadVerdictAfterTheTrickle_TransferBreaks()
    {
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await SlowWorldAsync(verdict, hasLength: true);
        using var response = await world.Proxy.Client.GetAsync(
            new Uri("/idx/a", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[5000]);

        verdict.SetResult(Found);

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
        Assert.Equal(409, (await world.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task SlowScanOfACodedText_IsHeld()
    {
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await SlowWorldAsync(verdict, hasLength: true, gzip: true);
        var asked = world.GetAsync("/a");
        await world.Proxy.WaitForMetricAsync("clamproxy_gate_waiters", 1);

        verdict.SetResult("stream: OK\0");
        var reply = await asked;

        Assert.Equal(Rewritten(world), Text(reply));
        AssertSaysWhatIsSent(reply);
    }

    private static void AssertSaysWhatIsSent(Reply reply)
    {
        Assert.Equal(reply.Body.Length.ToString(CultureInfo.InvariantCulture), reply["Content-Length"]);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(reply.Body))}:", reply["Repr-Digest"]);
    }

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Body);

    private static string Rewritten(RewritingWorld world) =>
        Large.Replace("https://files.example.org", world.Base + "/files", StringComparison.Ordinal);

    private static async Task<RewritingWorld> SlowWorldAsync(TaskCompletionSource<string> verdict, bool hasLength, bool gzip = false)
    {
        var world = await RewritingWorld.StartAsync(
            "--PATIENCE_SECONDS=0", $"--HOLD_BACK_BYTES={HoldBack}", "--ClamProxy:Gate:TrickleInterval=1ms",
            "--ClamProxy:Gate:TrickleBytes=4K");
        world.Origin.On("/a", async context =>
        {
            context.Response.ContentType = "text/html";
            if (gzip)
            {
                context.Response.Headers.ContentEncoding = "gzip";
                await using var coded = new GZipStream(context.Response.Body, CompressionLevel.NoCompression);
                await coded.WriteAsync(Encoding.UTF8.GetBytes(Large));
            }
            else if (hasLength)
            {
                await FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(Large));
            }
            else
            {
                await context.Response.WriteAsync(Large);
            }
        });
        world.Proxy.Clamd.OnContent = async (connection, _) => await connection.ReplyAsync(await verdict.Task);
        return world;
    }

    private Task<RewritingWorld> StoringWorldAsync(params string[] settings) =>
        RewritingWorld.StartAsync([Immutable, $"--STORE_PATH={_folder.Path}", .. settings]);
}
