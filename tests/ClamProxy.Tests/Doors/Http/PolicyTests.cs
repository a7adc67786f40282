using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What is delivered although it is not clean, because a policy or an exception says so, and what is not.</summary>
public sealed class PolicyTests : IDisposable
{
    private const string Encrypted = "stream: Heuristics.Encrypted.Zip FOUND\0";
    private const string Limit = "stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0";
    private const string TooLarge = "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0";
    private const string Error = "stream: Can't allocate memory ERROR\0";
    private const string Found = "stream: Eicar-Test-Signature FOUND\0";
    private const string Never = "2020-01-01T00:00:00Z";
    private const string Long = "2100-01-01T00:00:00Z";

    private const string Clean = "stream: OK\0";

    private static readonly byte[] Broken = [.. Packers.Gzip([1, 2, 3])[..10], 0xff, .. new byte[100]];
    private static readonly byte[] Ambiguous = Packers.Gzip(Packers.Tar(Broken));
    private static readonly byte[] Content = RandomBody.Of(100_000);
    private static readonly string Sha256Of = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Encrypted", Encrypted)]
    [InlineData("EngineLimit", Limit)]
    [InlineData("TooLarge", TooLarge)]
    [InlineData("ScanError", Error)]
    public async Task PolicyToPass_DeliversWhatCannotBeScannedMarkedAndCounted(string reason, string reply)
    {
        await using var world = await WorldAsync(reply, $"--ClamProxy:Policies:{reason}=pass");

        var passed = await world.GetAsync("/file", cacheScan: true);
        var again = await world.GetAsync("/file", cacheScan: true, ("Range", "bytes=10-19"));

        Assert.Equal((200, "unscannable"), (passed.Status, passed["Scan-Verdict"]));
        Assert.Equal(Content, passed.Body);
        Assert.Equal((206, "unscannable"), (again.Status, again["Scan-Verdict"]));
        Assert.Equal(Content[10..20], again.Body);
        Assert.Equal(2, await world.MetricAsync("clamproxy_gate_passed_total"));
    }

    [Theory]
    [InlineData("Encrypted", Limit)]
    [InlineData("EngineLimit", Error)]
    [InlineData("TooLarge", Encrypted)]
    [InlineData("ScanError", TooLarge)]
    [InlineData("ScanError", Found)]
    public async Task PolicyForAnotherReason_Refuses(string reason, string reply)
    {
        await using var world = await WorldAsync(reply, $"--ClamProxy:Policies:{reason}=pass");

        Assert.Equal(409, (await world.GetAsync("/file")).Status);
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_passed_total"));
    }

    /// <summary>A package whose tests bring a broken gzip: what its client unpacks is sound.</summary>
    [Fact]
    public async Task PackageWithABrokenArchiveInIt_PassesWhereThePolicySaysSo()
    {
        await using var strict = await WorldAsync(Clean);
        await using var loose = await WorldAsync(Clean, "--ClamProxy:Policies:AmbiguousArchive=pass");
        foreach (var world in new[] { strict, loose })
        {
            world.Origin.On("/package", Ambiguous);
            world.Origin.On("/broken", Broken);
        }

        var refused = await strict.GetAsync("/package");
        var passed = await loose.GetAsync("/package");

        Assert.Equal((409, "Unscannable ambiguous-archive"), (refused.Status, refused.Reason));
        Assert.Equal((200, "unscannable"), (passed.Status, passed["Scan-Verdict"]));
        Assert.Equal(Ambiguous, passed.Body);
        Assert.Equal(1, await loose.MetricAsync("clamproxy_gate_passed_total"));
        Assert.Equal("Unscannable archive", (await loose.GetAsync("/broken")).Reason);
    }

    /// <summary>Whoever lets encrypted files pass has said nothing of the other.</summary>
    [Theory]
    [InlineData(409, "Encrypted")]
    [InlineData(409, "AmbiguousArchive")]
    [InlineData(200, "Encrypted", "AmbiguousArchive")]
    public async Task TwoReasons_NeedThePolicyOfEach(int status, params string[] policies)
    {
        await using var world = await WorldAsync(Encrypted, [.. policies.Select(one => $"--ClamProxy:Policies:{one}=pass")]);
        world.Origin.On("/package", Ambiguous);

        Assert.Equal(status, (await world.GetAsync("/package", cacheScan: true)).Status);
        Assert.Equal(status, (await world.GetAsync("/package", cacheScan: true)).Status);
    }

    [Fact]
    public async Task PolicyOfOneRoute_LetsNothingPassElsewhere()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", Content);
        await using var world = await WorldAsync(
            Encrypted,
            "--ClamProxy:Routes:strict:Path=/strict", $"--ClamProxy:Routes:strict:Upstream={origin.Url}",
            "--ClamProxy:Routes:strict:CacheScan=true",
            "--ClamProxy:Routes:loose:Path=/loose", $"--ClamProxy:Routes:loose:Upstream={origin.Url}",
            "--ClamProxy:Routes:loose:CacheScan=true",
            "--ClamProxy:Routes:loose:Encrypted=pass");

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => PlainAsync(world, i % 2 == 0 ? "/loose/file" : "/strict/file")));
        var later = new[] { await PlainAsync(world, "/loose/file"), await PlainAsync(world, "/strict/file") };

        Assert.All(
            replies.Where((_, i) => i % 2 == 0).Append(later[0]),
            reply => Assert.Equal((200, "unscannable"), (reply.Status, reply["Scan-Verdict"])));
        Assert.All(replies.Where((_, i) => i % 2 == 1).Append(later[1]), reply => Assert.Equal(409, reply.Status));
    }

    [Fact]
    public async Task StoredFileScannedAgainForTwoRoutes_EachHasItsOwnPolicy()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", Content);
        await using var world = await WorldAsync(
            "stream: OK\0", $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:Gate:RescanInterval=0",
            "--ClamProxy:Routes:strict:Path=/strict", $"--ClamProxy:Routes:strict:Upstream={origin.Url}",
            "--ClamProxy:Routes:strict:CacheScan=true",
            "--ClamProxy:Routes:loose:Path=/loose", $"--ClamProxy:Routes:loose:Upstream={origin.Url}",
            "--ClamProxy:Routes:loose:CacheScan=true",
            "--ClamProxy:Routes:loose:Encrypted=pass");
        await PlainAsync(world, "/strict/file");
        var isAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
        {
            await isAsked.Task;
            await connection.ReplyAsync(Encrypted);
        };
        world.Clamd.VersionReply = FakeClamd.VersionOf(27900, TimeProvider.System.GetUtcNow());
        await world.WaitForDatabaseAsync(27900);

        var replies = Enumerable.Range(0, 8).Select(i => PlainAsync(world, i % 2 == 0 ? "/loose/file" : "/strict/file")).ToArray();
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 8);
        isAsked.SetResult();

        Assert.All(
            await Task.WhenAll(replies.Where((_, i) => i % 2 == 0)),
            reply => Assert.Equal((200, "unscannable"), (reply.Status, reply["Scan-Verdict"])));
        Assert.All(await Task.WhenAll(replies.Where((_, i) => i % 2 == 1)), reply => Assert.Equal(409, reply.Status));
    }

    [Fact]
    public async Task PolicyOfOneRoute_MayBeStricterThanTheRest()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", Content);
        await using var world = await WorldAsync(
            Encrypted, "--ClamProxy:Policies:Encrypted=pass",
            "--ClamProxy:Routes:strict:Path=/strict", $"--ClamProxy:Routes:strict:Upstream={origin.Url}",
            "--ClamProxy:Routes:strict:Encrypted=block");

        Assert.Equal(409, (await PlainAsync(world, "/strict/file")).Status);
        Assert.Equal(200, (await world.GetAsync("/file")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LargerThanMaxFileSize_PassesUnscannedWhereThePolicySaysSo(bool announcesLength)
    {
        await using var world = await WorldAsync(Found, "--MAX_FILE_SIZE=50000", "--ClamProxy:Policies:TooLarge=pass");
        world.Origin.On(
            "/large",
            context => announcesLength ? FakeOrigin.SendAsync(context, Content) : context.Response.Body.WriteAsync(Content).AsTask());

        var reply = await world.GetAsync("/large", cacheScan: true);

        Assert.Equal((200, "unscannable"), (reply.Status, reply["Scan-Verdict"]));
        Assert.Equal(Content, reply.Body);
        Assert.Empty(world.Clamd.Contents);
    }

    [Fact]
    public async Task NoScanner_IsNeverPassed()
    {
        await using var world = await WorldAsync(
            Found, "--ClamProxy:Policies:ScanError=pass", "--ClamProxy:Policies:TooLarge=pass", "--ClamProxy:Clamd:ScanTimeout=1");
        world.Clamd.OnContent = (connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        };

        Assert.Equal(503, (await world.GetAsync("/file")).Status);
    }

    [Fact]
    public async Task PassedFile_IsNotStored()
    {
        await using var world = await WorldAsync(Encrypted, "--ClamProxy:Policies:Encrypted=pass", $"--STORE_PATH={_folder.File("store")}");

        await world.GetAsync("/file", cacheScan: true);
        await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.Empty(Directory.EnumerateFiles(_folder.File("store/v1/contents"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task SlowScanOfWhatPasses_IsTrickledAndThenSentWhole()
    {
        await using var world = await WorldAsync(
            Encrypted,
            "--ClamProxy:Policies:Encrypted=pass",
            "--PATIENCE_SECONDS=0",
            "--HOLD_BACK_BYTES=1K",
            "--ClamProxy:Gate:TrickleInterval=1ms");
        var isTrickling = new TaskCompletionSource();
        world.Clamd.OnContent = async (connection, _) =>
        {
            await isTrickling.Task;
            await connection.ReplyAsync(Encrypted);
        };
        using var request = world.Request("/file");
        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        isTrickling.SetResult();

        Assert.Equal(Content, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_passed_total"));
    }

    [Fact]
    public async Task ScannedAhead_CountsAsPassedOnlyWhenSomebodyGetsIt()
    {
        await using var world = await WorldAsync(Encrypted, "--ClamProxy:Policies:Encrypted=pass", "--SCAN_AHEAD=true");
        world.Origin.On("/a.whl", Content).On("/a.whl.metadata", Content[..50_000]);

        await world.GetAsync("/a.whl.metadata", cacheScan: true);
        await world.WaitForMetricAsync("clamproxy_clamd_scans_total", 2);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);

        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_passed_total"));
    }

    [Fact]
    public async Task TrickleThatIsBrokenOff_DoesNotCountAsPassed()
    {
        await using var world = await WorldAsync(
            Encrypted,
            "--ClamProxy:Policies:Encrypted=pass",
            "--PATIENCE_SECONDS=0",
            "--HOLD_BACK_BYTES=1K",
            "--ClamProxy:Gate:TrickleInterval=1ms");
        var isTrickling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = Content.Length;
            if (Interlocked.Increment(ref asked) == 1)
            {
                await context.Response.Body.WriteAsync(Content.AsMemory(0, 50_000));
                await isTrickling.Task;
                context.Abort();
                return;
            }

            await context.Response.Body.WriteAsync(Content.Reverse().ToArray());
        });
        using var request = world.Request("/file");
        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal(Content[0], body.ReadByte());

        isTrickling.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        Assert.Equal(2, asked);
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_passed_total"));
    }

    [Theory]
    [InlineData("target", Long, 200)]
    [InlineData("target", Never, 409)]
    [InlineData("sha256", Long, 409)]
    public async Task ExceptionForATarget_CoversTooLargeFilesThere(string by, string expires, int status)
    {
        await using var world = await WorldAsync(Found, $"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}", "--MAX_FILE_SIZE=50000");
        Write(by, ValueOf(by, world), expires);

        var reply = await world.GetAsync("/file");

        Assert.Equal((status, "unscannable"), (reply.Status, reply["Scan-Verdict"]));
        Assert.Equal(status == 200, reply.Body.AsSpan().SequenceEqual(Content));
    }

    [Theory]
    [InlineData("target", Long, 200)]
    [InlineData("sha256", Long, 200)]
    [InlineData("target", Never, 409)]
    public async Task ExceptionInForce_CoversABodyThatCannotBeDecoded(string by, string expires, int status)
    {
        await using var world = await WorldAsync("stream: OK\0", $"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}");
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ContentEncoding = "compress";
            return FakeOrigin.SendAsync(context, Content);
        });
        Write(by, ValueOf(by, world), expires);

        var reply = await world.GetAsync("/file");

        Assert.Equal((status, "unscannable"), (reply.Status, reply["Scan-Verdict"]));
        Assert.Equal(status == 200, reply.Body.AsSpan().SequenceEqual(Content));
    }

    [Theory]
    [InlineData("sha256", Long, 200)]
    [InlineData("signature", Long, 200)]
    [InlineData("target", Long, 200)]
    [InlineData("sha256", Never, 409)]
    [InlineData("signature", Never, 409)]
    [InlineData("target", Never, 409)]
    public async Task ExceptionInForce_LetsAnInfectedFilePass(string by, string expires, int status)
    {
        await using var world = await WorldAsync(Found, $"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}");
        Write(by, ValueOf(by, world), expires);

        var first = await world.GetAsync("/file", cacheScan: true);
        var known = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((status, "infected"), (first.Status, first["Scan-Verdict"]));
        Assert.Equal((status, "infected"), (known.Status, known["Scan-Verdict"]));
        Assert.Equal(status == 200, first.Body.AsSpan().SequenceEqual(Content));
        Assert.Equal(status == 200 ? 2 : 0, await world.MetricAsync("clamproxy_gate_passed_total"));
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("signature")]
    [InlineData("target")]
    public async Task ExceptionForSomethingElse_LetsNothingPass(string by)
    {
        await using var world = await WorldAsync(Found, $"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}");
        Write(by, by switch { "sha256" => new string('a', 64), "signature" => "Eicar-Test", _ => world.Origin.Url + "/other/" }, Long);

        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);
    }

    [Fact]
    public async Task ExceptionThatComesAndGoes_CountsFromTheNextRequestOn()
    {
        await using var world = await WorldAsync(Found, $"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}");
        var before = await world.GetAsync("/file", cacheScan: true);
        Write("sha256", Sha256Of, Long);
        var during = await world.GetAsync("/file", cacheScan: true);
        File.WriteAllText(_folder.File("exceptions.json"), "[]");
        var after = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((409, 200, 409), (before.Status, during.Status, after.Status));
    }

    [Fact]
    public async Task StoredFileThatTurnsBad_PassesByItsException()
    {
        await using var world = await WorldAsync(
            "stream: OK\0", $"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}", $"--STORE_PATH={_folder.File("store")}",
            "--ClamProxy:Gate:RescanInterval=0");
        await world.GetAsync("/file", cacheScan: true);
        Write("sha256", Sha256Of, Long);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);
        world.Clamd.VersionReply = "ClamAV 1.4.6/27900/Sat Nov 21 08:00:00 2026\0";
        await world.WaitForDatabaseAsync(27900);

        var replies = new[] { await world.GetAsync("/file", cacheScan: true), await world.GetAsync("/file", cacheScan: true) };

        Assert.All(replies, reply => Assert.Equal((200, "infected"), (reply.Status, reply["Scan-Verdict"])));
        Assert.All(replies, reply => Assert.Equal(Content, reply.Body));
    }

    [Theory]
    [InlineData(6, "7d", 200)]
    [InlineData(8, "7d", 503)]
    [InlineData(8, "0", 200)]
    [InlineData(8, "9d", 200)]
    public async Task OldSignatures_MakeItUnreadyAndStillScan(int days, string most, int status)
    {
        await using var world = await WorldAsync("stream: OK\0", $"--SIGNATURE_MAX_AGE={most}");
        world.Clamd.VersionReply = FakeClamd.VersionOf(27900, TimeProvider.System.GetUtcNow().AddDays(-days));
        await world.WaitForDatabaseAsync(27900);

        using var ready = await world.Management.GetAsync(new Uri("/readyz", UriKind.Relative));

        Assert.Equal(status, (int)ready.StatusCode);
        Assert.Equal(status == 503, (await ready.Content.ReadAsStringAsync()).Contains("SIGNATURE_MAX_AGE", StringComparison.Ordinal));
        Assert.Equal(200, (await world.GetAsync("/file")).Status);
    }

    [Fact]
    public void WrongExceptionsFile_StopsTheStartAndSaysWhichEntry()
    {
        File.WriteAllText(_folder.File("exceptions.json"), "[{}]");

        var (application, problems) = ProxyApplication.Build([$"--EXCEPTIONS_FILE={_folder.File("exceptions.json")}"]);

        Assert.Null(application);
        Assert.Contains("EXCEPTIONS_FILE", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Contains("entry 1 needs exactly one of sha256, signature and target", problems[0], StringComparison.Ordinal);
    }

    private static string ValueOf(string by, ProxyWorld world) => by switch
    {
        "sha256" => Sha256Of,
        "signature" => "Eicar-Test-Signature",
        _ => world.Origin.Url + "/fi",
    };

    private static async Task<Reply> PlainAsync(ProxyWorld world, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await world.SendAsync(request);
    }

    private void Write(string by, string value, string expires) => File.WriteAllText(
        _folder.File("exceptions.json"),
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""[ { "{{by}}": "{{value}}", "owner": "security@example.org", "reason": "test", "expires": "{{expires}}" } ]"""),
        Encoding.UTF8);

    private async Task<ProxyWorld> WorldAsync(string reply, params string[] settings)
    {
        File.WriteAllText(_folder.File("exceptions.json"), "[]");
        var world = await ProxyWorld.StartAsync(settings);
        world.Origin.On("/file", Content);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);
        return world;
    }
}
