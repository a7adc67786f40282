using System.Net;
using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Files that are kept after their verdict and served without upstream.</summary>
public sealed class StoreTests : IDisposable
{
    private const string LastModified = "Fri, 20 Nov 2026 08:00:00 GMT";
    private const string Found = "stream: Eicar-Test-Signature FOUND\0";
    private const string NewerVersion = "ClamAV 1.4.6/27900/Sat Nov 21 08:00:00 2026\0";
    private static readonly byte[] Content = RandomBody.Of(300_000);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task SecondRequest_IsAnsweredWithoutUpstream(int length)
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", context => SendAsync(context, Content[..length]));

        var first = await world.GetAsync("/file", cacheScan: true);
        var second = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(Content[..length], first.Body);
        Assert.Equal(Content[..length], second.Body);
        Assert.Equal("ClamProxy; hit; detail=store", second["Cache-Status"]);
        Assert.Equal(
            ("\"tag\"", LastModified, "application/x-wheel", "clean"),
            (second["ETag"], second["Last-Modified"], second["Content-Type"], second["Scan-Verdict"]));
        Assert.Equal(first["Repr-Digest"], second["Repr-Digest"]);
        Assert.InRange(int.Parse(second["Age"]!, System.Globalization.CultureInfo.InvariantCulture), 0, 60);
        Assert.Single(world.Origin.Requests);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task RestartAndUpstreamGone_FileIsStillServed()
    {
        string[] route;
        await using (var origin = await FakeOrigin.StartAsync())
        {
            origin.On("/file", context => SendAsync(context, Content));
            route = ["--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}", "--ClamProxy:Routes:r:CacheScan=true"];
            await using var before = await StartAsync(route);
            Assert.Equal(Content, await before.Client.GetByteArrayAsync(new Uri("/r/file", UriKind.Relative)));
        }

        await using var after = await StartAsync(route);

        Assert.Equal(Content, await after.Client.GetByteArrayAsync(new Uri("/r/file", UriKind.Relative)));
        Assert.Empty(after.Clamd.Contents);
    }

    [Theory]
    [InlineData("bytes=0-9", 206, "bytes 0-9/300000")]
    [InlineData("bytes=-5", 206, "bytes 299995-299999/300000")]
    [InlineData("bytes=300000-", 416, "bytes */300000")]
    public async Task Range_IsServedFromTheStore(string range, int status, string contentRange)
    {
        await using var world = await StoredWorldAsync();

        var reply = await world.GetAsync("/file", cacheScan: true, ("Range", range));

        Assert.Equal((status, contentRange), (reply.Status, reply["Content-Range"]));
        Assert.Single(world.Origin.Requests);
    }

    [Theory]
    [InlineData("If-None-Match", "\"tag\"", 304)]
    [InlineData("If-None-Match", "\"other\"", 200)]
    [InlineData("If-Modified-Since", LastModified, 304)]
    [InlineData("If-Match", "\"other\"", 412)]
    public async Task Conditions_AreWeighedHere(string field, string value, int status)
    {
        await using var world = await StoredWorldAsync();

        var reply = await world.GetAsync("/file", cacheScan: true, (field, value));

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? Content.Length : 0, status == 412 ? 0 : reply.Body.Length);
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task Head_IsAnsweredFromTheStore()
    {
        await using var world = await StoredWorldAsync();
        using var request = world.Request("/file", cacheScan: true, HttpMethod.Head, ("Range", "bytes=0-9"));

        var reply = await world.SendAsync(request);

        Assert.Equal((200, "300000", "\"tag\""), (reply.Status, reply["Content-Length"], reply["ETag"]));
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task CacheScanFalse_IsNeitherKeptNorServed()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", context => SendAsync(context, Content));

        await world.GetAsync("/file");
        await world.GetAsync("/file");
        Assert.Empty(Contents());
        await world.GetAsync("/file", cacheScan: true);
        await world.GetAsync("/file");

        Assert.Equal(4, world.Origin.Requests.Count);
        Assert.Single(Contents());
    }

    [Theory]
    [InlineData("Authorization", "Basic eDp5", null, null)]
    [InlineData("Cookie", "a=b", null, null)]
    [InlineData("X-Api-Key", "secret", null, null)]
    [InlineData(null, null, "Cache-Control", "private")]
    [InlineData(null, null, "Cache-Control", "max-age=60, no-store")]
    [InlineData(null, null, "Vary", "*")]
    [InlineData(null, null, "Set-Cookie", "a=b")]
    public async Task PrivateAnswer_NeverEnters(string? asked, string? value, string? answered, string? answer)
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", context =>
        {
            if (answered is not null)
            {
                context.Response.Headers[answered] = answer;
            }

            return SendAsync(context, Content);
        });
        (string, string)[] headers = asked is null ? [] : [(asked, value!)];

        await world.GetAsync("/file", cacheScan: true, headers);
        var second = await world.GetAsync("/file", cacheScan: true, headers);

        Assert.Equal(Content, second.Body);
        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.Empty(Contents());
    }

    [Fact]
    public async Task StoredForOneRepresentation_IsNotGivenToAnother()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.Vary = "Accept";
            return SendAsync(context, Content);
        });
        await world.GetAsync("/file", cacheScan: true);

        await world.GetAsync("/file", cacheScan: true, ("Accept", "text/html"));
        await world.GetAsync("/file", cacheScan: true, ("Authorization", "Basic eDp5"));

        Assert.Equal(3, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task InfectedFile_NeverEnters()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", context => SendAsync(context, Content));
        world.Clamd.ScanReply = null;
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);

        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);

        Assert.Empty(Contents());
    }

    [Fact]
    public async Task KnownCleanFileThatIsNotStored_IsKeptOnceItsBytesProvedEqual()
    {
        await using var world = await StoredWorldAsync();
        foreach (var folder in Directory.GetDirectories(_folder.File("store/v1/contents")))
        {
            Directory.Delete(folder, recursive: true);
        }

        var second = await world.GetAsync("/file", cacheScan: true);
        var third = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(Content, second.Body);
        Assert.Equal(Content, third.Body);
        Assert.Contains("url-verdict", second["Cache-Status"], StringComparison.Ordinal);
        Assert.Contains("store", third["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task NewerSignatures_StoredFileIsScannedAgainBeforeItIsServedAndNotDownloaded()
    {
        await using var world = await StoredWorldAsync("--ClamProxy:Gate:RescanInterval=0");
        world.Clamd.VersionReply = NewerVersion;
        await world.WaitForDatabaseAsync(27900);

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.GetAsync("/file", cacheScan: true)));

        Assert.All(replies, reply => Assert.Equal(Content, reply.Body));
        Assert.Equal(2, world.Clamd.Contents.Count);
        Assert.Single(world.Origin.Requests);
        await world.GetAsync("/file", cacheScan: true);
        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task NewerSignaturesFindSomething_FileLeavesTheStoreLoudly()
    {
        await using var world = await StoredWorldAsync("--ClamProxy:Gate:RescanInterval=0", "--LOG_LEVEL=Warning");
        using var log = new FakeLoggerProvider();
        world.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        world.Clamd.VersionReply = NewerVersion;
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);
        await world.WaitForDatabaseAsync(27900);

        var replies = new[] { await world.GetAsync("/file", cacheScan: true), await world.GetAsync("/file", cacheScan: true) };

        Assert.All(replies, reply => Assert.Equal(409, reply.Status));
        Assert.Contains("infected (Eicar-Test-Signature),", Assert.Single(TurnedBad(log)), StringComparison.Ordinal);
        Assert.Empty(Contents());
        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_rescans_total"));
    }

    [Fact]
    public async Task IdleScanner_ScansStoredFilesAgainByItself()
    {
        await using var world = await StoredWorldAsync("--ClamProxy:Gate:RescanInterval=0.05");
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);
        world.Clamd.VersionReply = NewerVersion;

        await world.WaitForMetricAsync("clamproxy_gate_rescans_total", 1);

        Assert.Empty(Contents());
        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);
        Assert.Single(world.Origin.Requests);
    }

    [Theory]
    [InlineData("stream: Can't create temporary file ERROR\0")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0")]
    public async Task ScannerCannotScanJustNow_FileIsRefusedButStays(string reply)
    {
        await using var world = await StoredWorldAsync("--ClamProxy:Gate:RescanInterval=0", "--LOG_LEVEL=Warning");
        using var log = new FakeLoggerProvider();
        world.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        world.Clamd.VersionReply = NewerVersion;
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);
        await world.WaitForDatabaseAsync(27900);

        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);

        Assert.Empty(TurnedBad(log));
        Assert.Single(Contents());
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: OK\0");
        await world.WaitForMetricAsync("clamproxy_clamd_scanner_up", 1);
        Assert.Equal(Content, (await world.GetAsync("/file", cacheScan: true)).Body);
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task StoredFileShrinksUnderARescan_ProxyGoesOn()
    {
        await using var world = await StoredWorldAsync("--ClamProxy:Gate:RescanInterval=0.05");
        var stopping = world.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().ApplicationStopping;
        using (var file = new FileStream(Assert.Single(Contents()), FileMode.Open, FileAccess.Write))
        {
            file.SetLength(1000);
        }

        world.Clamd.VersionReply = NewerVersion;
        await world.WaitForDatabaseAsync(27900);

        Assert.Equal(Content, (await world.GetAsync("/file", cacheScan: true)).Body);
        Assert.False(stopping.IsCancellationRequested);
    }

    [Theory]
    [InlineData("If-Match", "\"other\"", 412)]
    [InlineData("If-None-Match", "\"tag\"", 304)]
    public async Task SlowRescan_ConditionsAreWeighedAllTheSame(string field, string value, int status)
    {
        var verdict = new TaskCompletionSource();
        await using var world = await SlowlyRescanningWorldAsync(verdict.Task);

        var reply = world.GetAsync("/file", cacheScan: true, (field, value), ("Range", "bytes=5000-"));
        await world.WaitForMetricAsync("clamproxy_clamd_scans_active", 1);
        verdict.SetResult();

        Assert.Equal(status, (await reply).Status);
    }

    [Fact]
    public async Task NoScannerAfterNewSignatures_StoredFileIsNotServed()
    {
        await using var world = await StoredWorldAsync("--ClamProxy:Gate:RescanInterval=0", "--ClamProxy:Clamd:ScanWait=1");
        world.Clamd.VersionReply = NewerVersion;
        await world.WaitForDatabaseAsync(27900);
        world.Clamd.Stop();

        Assert.Equal(503, (await world.GetAsync("/file", cacheScan: true)).Status);
        Assert.Single(Contents());
    }

    [Fact]
    public async Task SlowRescan_IsTrickledFromTheStore()
    {
        var verdict = new TaskCompletionSource();
        await using var world = await SlowlyRescanningWorldAsync(verdict.Task);
        using var request = world.Request("/file", cacheScan: true);

        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        verdict.SetResult();

        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync());
        Assert.Single(world.Origin.Requests);
    }

    [Theory]
    [InlineData("X-Accel-Redirect", true)]
    [InlineData(null, false)]
    [InlineData("X-Sendfile", false)]
    public async Task NginxInFront_IsToldWhereTheFileIs(string? type, bool isHandedOver)
    {
        await using var world = await StoredWorldAsync("--ACCEL_REDIRECT=/.clamproxy-store/");
        (string, string)[] headers = type is null ? [] : [("X-Sendfile-Type", type)];

        var reply = await world.GetAsync("/file", cacheScan: true, [.. headers, ("Range", "bytes=0-9")]);

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));
        Assert.Equal(isHandedOver ? $"/.clamproxy-store/{sha256[..2]}/{sha256}" : null, reply["X-Accel-Redirect"]);
        Assert.Equal(isHandedOver ? 0 : 10, reply.Body.Length);
        Assert.Equal(("\"tag\"", "clean"), (reply["ETag"], reply["Scan-Verdict"]));
    }

    [Fact]
    public async Task NginxInFront_ConditionsItWouldWeighWronglyStayHere()
    {
        await using var world = await StoredWorldAsync("--ACCEL_REDIRECT=/.clamproxy-store/");

        var matched = await world.GetAsync("/file", cacheScan: true, ("X-Sendfile-Type", "X-Accel-Redirect"), ("If-Match", "\"tag\""));
        var current = await world.GetAsync("/file", cacheScan: true, ("X-Sendfile-Type", "X-Accel-Redirect"), ("If-None-Match", "\"tag\""));

        Assert.Equal(Content, matched.Body);
        Assert.Equal(304, current.Status);
        Assert.Null(current["X-Accel-Redirect"]);
    }

    [Theory]
    [InlineData("accel/")]
    [InlineData("/accel")]
    [InlineData("/")]
    public void WrongAccelRedirect_StopsTheStart(string path)
    {
        var (application, problems) = ProxyApplication.Build([$"--ACCEL_REDIRECT={path}"]);

        Assert.Null(application);
        Assert.Contains(
            $"ACCEL_REDIRECT={path}: takes a path that begins and ends with /", Assert.Single(problems), StringComparison.Ordinal);
    }

    private async Task<ProxyWorld> StartAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync([$"--STORE_PATH={_folder.File("store")}", .. settings]);
        return world;
    }

    /// <summary>A world whose store has the file already.</summary>
    private async Task<ProxyWorld> StoredWorldAsync(params string[] settings)
    {
        var world = await StartAsync(settings);
        world.Origin.On("/file", context => SendAsync(context, Content));
        Assert.Equal(HttpStatusCode.OK, (HttpStatusCode)(await world.GetAsync("/file", cacheScan: true)).Status);
        return world;
    }

    /// <summary>A world whose stored file has to be scanned again, which takes until the task ends.</summary>
    private async Task<ProxyWorld> SlowlyRescanningWorldAsync(Task verdict)
    {
        var world = await StoredWorldAsync(
            "--ClamProxy:Gate:RescanInterval=0", "--PATIENCE_SECONDS=0", "--ClamProxy:Gate:TrickleInterval=1ms", "--HOLD_BACK_BYTES=1K");
        world.Clamd.OnContent = async (connection, _) =>
        {
            await verdict;
            await connection.ReplyAsync("stream: OK\0");
        };
        world.Clamd.VersionReply = NewerVersion;
        await world.WaitForDatabaseAsync(27900);
        return world;
    }

    private string[] Contents() => Directory.GetFiles(_folder.File("store/v1/contents"), "*", SearchOption.AllDirectories);

    private static Task SendAsync(HttpContext context, byte[] content)
    {
        context.Response.Headers.ETag = "\"tag\"";
        context.Response.Headers.LastModified = LastModified;
        context.Response.ContentType = "application/x-wheel";
        return FakeOrigin.SendAsync(context, content);
    }

    /// <summary>What was said of stored files that are not clean any more.</summary>
    private static IEnumerable<string> TurnedBad(FakeLoggerProvider log) =>
        log.Collector.GetSnapshot().Where(line => line.Id.Id == 5006).Select(line => line.Message);
}
