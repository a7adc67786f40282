using System.Security.Cryptography;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Tests.Scanning;

/// <summary>How contents become decisions, and who shares a scan with whom.</summary>
public sealed class ContentScannerTests
{
    private readonly byte[] _content = RandomBody.Of(5_000);

    [Fact]
    public async Task SameContentUnderTwoNamesAtOnce_IsScannedOnce()
    {
        await using var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd);

        var first = rig.ScanAsync(_content, new ScanSubject("one"));
        await held.BeganAsync();
        var second = rig.ScanAsync(_content, new ScanSubject("two"));
        held.LetGo();

        Assert.Equal((VerdictOrigin.Scanned, VerdictOrigin.Shared), ((await first).Origin, (await second).Origin));
        Assert.IsType<ScanDecision.Clean>(await first);
        Assert.IsType<ScanDecision.Clean>(await second);
        Assert.Equal(1, held.Count);
        Assert.Equal(
            (1, 1), (rig.Meters.Sum("clamproxy.gate.verdicts", "clean", "none"), rig.Meters.Sum("clamproxy.scanning.shared", "request")));
        Assert.Equal("one", Assert.Single(Scans(rig)).Split(' ')[1].TrimEnd(':'));
    }

    [Fact]
    public async Task SameContentLater_IsKnownUnlessItMustNotBeReused()
    {
        await using var rig = await ScanRig.StartAsync();

        Assert.Equal(VerdictOrigin.Scanned, (await rig.ScanAsync(_content)).Origin);
        Assert.Equal(VerdictOrigin.Known, (await rig.ScanAsync(_content)).Origin);
        Assert.Equal(VerdictOrigin.Scanned, (await rig.ScanAsync(_content, new ScanSubject("fresh") { MayReuse = false })).Origin);

        Assert.Equal(2, rig.Clamd.Contents.Count);
    }

    /// <summary>
    /// It may not be answered by a verdict that another asked for, so that it does not join a scan under way either: it has one of its
    /// own, and starts no other's.
    /// </summary>
    [Fact]
    public async Task WhoeverMayNotReuse_SharesWithNobody()
    {
        await using var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd);

        var shared = rig.ScanAsync(_content);
        await held.BeganAsync();
        var own = rig.ScanAsync(_content, new ScanSubject("fresh") { MayReuse = false });
        await held.BeganAsync();
        var joined = rig.ScanAsync(_content);
        held.LetGo();

        Assert.Equal(VerdictOrigin.Scanned, (await shared).Origin);
        Assert.Equal(VerdictOrigin.Scanned, (await own).Origin);
        Assert.Equal(VerdictOrigin.Shared, (await joined).Origin);
        Assert.Equal(2, held.Count);
    }

    [Fact]
    public async Task WhoeverMayNotRecord_LeavesNothingForOthers()
    {
        await using var rig = await ScanRig.StartAsync();

        await rig.ScanAsync(_content, new ScanSubject("secret") { MayRecord = false });

        Assert.Equal(VerdictOrigin.Scanned, (await rig.ScanAsync(_content)).Origin);
    }

    [Fact]
    public async Task BackgroundScan_HoldsNobodyUp()
    {
        await using var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd);

        var background = rig.ScanAsync(_content, new ScanSubject("stored file") { IsBackground = true });
        await held.BeganAsync();
        var foreground = rig.ScanAsync(_content);
        await held.BeganAsync();
        held.LetGo();

        Assert.Equal((VerdictOrigin.Scanned, VerdictOrigin.Scanned), ((await background).Origin, (await foreground).Origin));
        Assert.Equal(1, rig.Meters.Sum("clamproxy.gate.verdicts", "clean", "none"));
    }

    [Fact]
    public async Task FirstWaiterLeaves_TheOthersGetTheVerdict()
    {
        await using var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd);
        using var leaving = new CancellationTokenSource();

        var first = rig.ScanAsync(_content, cancelled: leaving.Token);
        await held.BeganAsync();
        var others = Enumerable.Range(0, 5).Select(_ => rig.ScanAsync(_content)).ToList();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.LetGo();

        Assert.All(await Task.WhenAll(others), decision => Assert.IsType<ScanDecision.Clean>(decision));
        Assert.Equal(1, held.Count);
    }

    [Fact]
    public async Task EverybodyLeaves_TheVerdictIsThereForTheNext()
    {
        await using var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd);
        using var leaving = new CancellationTokenSource();

        var only = rig.ScanAsync(_content, cancelled: leaving.Token);
        await held.BeganAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        held.LetGo();

        Assert.Contains((await rig.ScanAsync(_content)).Origin, new[] { VerdictOrigin.Known, VerdictOrigin.Shared });
        Assert.Equal(1, held.Count);
        Assert.Empty(Directory.GetFileSystemEntries(rig.SpoolPath));
    }

    [Fact]
    public async Task FailingScan_EveryWaiterIsToldNothingIsRecordedAndTheNextScansAgain()
    {
        await using var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd, reply: null);

        var waiting = Enumerable.Range(0, 5).Select(_ => rig.ScanAsync(_content)).ToList();
        await held.BeganAsync();
        held.LetGo();

        Assert.All(
            await Task.WhenAll(waiting),
            decision => Assert.Equal(FailureReason.ScannerUnavailable, Assert.IsType<ScanDecision.Failed>(decision).Failure.Reason));
        Assert.Empty(Scans(rig));

        rig.Clamd.OnContent = null;
        var again = await rig.ScanAsync(_content);
        for (var more = 0; more < 100 && again is ScanDecision.Failed; more++)
        {
            again = await rig.ScanAsync(_content);
        }

        Assert.Equal(VerdictOrigin.Scanned, again.Origin);
    }

    /// <summary>
    /// clamd takes one at a time here: a scan that several clients want is served in the turn of the one that comes first (decision
    /// 0043).
    /// </summary>
    [Fact]
    public async Task EachWaitersClient_StandsInTheScannersQueue()
    {
        var subjects = new[] { "192.0.2.1", "192.0.2.2" }.Select(
            client => new ScanSubject("a") { Clients = WaitingClients.Of(client) }).ToList();
        using var flights = new ScanFlights();
        var seen = new List<string>();
        var end = new TaskCompletionSource<ScanResult>();
        var key = new ScanKey("a", true);

        using var first = flights.JoinOrStart(key, subjects[0].Clients, false, StartAsync, out _);
        using var second = flights.JoinOrStart(key, subjects[1].Clients, false, StartAsync, out var isShared);
        subjects[1].Clients.Add("192.0.2.3");
        first.Dispose();

        Assert.True(isShared);
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3", "-192.0.2.1"], seen);
        end.SetResult(new ScanResult.Failed(new Failure(FailureReason.Overloaded, "")));
        await second.Completion;

        Task<ScanResult> StartAsync(WaitingClients clients, CancellationToken stopping)
        {
            _ = clients.Follow(seen.Add, (left, _) => seen.Add($"-{left}"));
            return end.Task;
        }
    }

    [Fact]
    public async Task ProcessStops_WhoeverWaitsIsTold()
    {
        var rig = await ScanRig.StartAsync();
        var held = HeldScans.Of(rig.Clamd);
        var waiting = rig.ScanAsync(_content);
        await held.BeganAsync();

        var stopping = rig.DisposeAsync();
        held.LetGo();
        var decision = await waiting;
        await stopping;

        Assert.True(
            decision is ScanDecision.Clean or ScanDecision.Failed
            {
                Failure.Reason: FailureReason.Stopping or FailureReason.ScannerUnavailable,
            },
            $"{decision}");
    }

    [Fact]
    public async Task CodedContent_IsScannedInBothFormsOnce()
    {
        await using var rig = await ScanRig.StartAsync();
        var packed = Packers.Gzip(_content);

        // As it came it is clean for a scanner that unpacks nothing: only the decoded form shows what it is.
        rig.Clamd.OnContent = (connection, bytes) =>
            connection.ReplyAsync(bytes.AsSpan().SequenceEqual(_content) ? "stream: Inside FOUND\0" : "stream: OK\0");
        var subject = new ScanSubject("coded") { Codings = ContentCodings.Of(["gzip"]) };

        var first = await rig.ScanAsync(packed, subject);
        var second = await rig.ScanAsync(packed, subject);

        Assert.Equal((VerdictOrigin.Scanned, VerdictOrigin.Known), (first.Origin, second.Origin));
        Assert.All(
            [first, second],
            decision => Assert.Equal(
                ("Inside", Sha256(packed), Sha256(_content)),
                Assert.IsType<ScanDecision.Refused>(decision) is var refused
                    ? (refused.Verdict.Signature, refused.Verdict.Sha256, refused.Deciding!.Sha256)
                    : default));
        Assert.Equal(2, rig.Clamd.Contents.Count);
        Assert.IsType<ScanDecision.Clean>(await rig.ScanAsync(packed));
    }

    [Fact]
    public async Task CleanCodedContent_SaysWhatItDecodesTo()
    {
        await using var rig = await ScanRig.StartAsync();

        var decision = await rig.ScanAsync(Packers.Gzip(_content), new ScanSubject("coded") { Codings = ContentCodings.Of(["gzip"]) });
        var plain = await rig.ScanAsync(_content);

        var clean = Assert.IsType<ScanDecision.Clean>(decision);
        Assert.Equal(
            (Sha256(Packers.Gzip(_content)), Sha256(_content), _content.Length),
            (clean.Verdict.Sha256, clean.Decoded!.Verdict.Sha256, (int)clean.Decoded.Length));
        Assert.Equal((VerdictOrigin.Known, 2), (plain.Origin, rig.Clamd.Contents.Count));
    }

    [Theory]
    [InlineData("gzip, aws-chunked")]
    [InlineData("identity, gzip")]
    public async Task ContentThatNotEverybodyDecodesToTheSame_DecodesToNothingCertain(string codings)
    {
        await using var rig = await ScanRig.StartAsync();

        var decision = await rig.ScanAsync(Packers.Gzip(_content), new ScanSubject("coded") { Codings = ContentCodings.Of([codings]) });

        Assert.Null(Assert.IsType<ScanDecision.Clean>(decision).Decoded);
    }

    [Fact]
    public async Task GuessThatDecodesToNothing_HidesNoOtherGuess()
    {
        // As it came it may pass although it is not scanned; what only a reader of raw deflate takes out of it is scanned all the same.
        await using var rig = await ScanRig.StartAsync(
            policies: new PolicyOptions { Encrypted = PolicyAction.Pass });
        var inner = Packers.Deflate(Eicar.Bytes);
        var body = Packers.Gzip(inner);
        rig.Clamd.OnContent = (connection, bytes) => connection.ReplyAsync(
            bytes.AsSpan().SequenceEqual(body) ? "stream: Heuristics.Encrypted.Zip FOUND\0" : "stream: OK\0");

        var decision = await rig.ScanAsync(body, new ScanSubject("coded") { Codings = ContentCodings.Of(["x-unheard, gzip"]) });

        Assert.Equal("Eicar-Test-Signature", Assert.IsType<ScanDecision.Refused>(decision).Verdict.Signature);
    }

    [Fact]
    public async Task FormThatMayPass_LetsNoOtherFormPass()
    {
        await using var rig = await ScanRig.StartAsync(policies: new PolicyOptions { Encrypted = PolicyAction.Pass });
        var body = Packers.Gzip(_content);
        var decoded = "Heuristics.Limits.Exceeded.MaxRecursion FOUND";
        rig.Clamd.OnContent = (connection, bytes) => connection.ReplyAsync(
            $"stream: {(bytes.AsSpan().SequenceEqual(body) ? "Heuristics.Encrypted.Zip FOUND" : decoded)}\0");
        var subject = new ScanSubject("coded") { Codings = ContentCodings.Of(["gzip"]), MayReuse = false };

        var refused = Assert.IsType<ScanDecision.Refused>(await rig.ScanAsync(body, subject));
        decoded = "OK";
        var released = Assert.IsType<ScanDecision.Released>(await rig.ScanAsync(body, subject));

        Assert.Equal((UnscannableReason.EngineLimit, Sha256(body)), (refused.Verdict.Reason, refused.Verdict.Sha256));
        Assert.Equal((UnscannableReason.Encrypted, Sha256(_content)), (released.Verdict.Reason, released.Decoded!.Verdict.Sha256));
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [Fact]
    public async Task UnknownCoding_IsUnscannableWithoutAScan()
    {
        await using var rig = await ScanRig.StartAsync();

        var decision = await rig.ScanAsync(_content, new ScanSubject("coded") { Codings = ContentCodings.Of(["compress"]) });

        Assert.Equal(UnscannableReason.Coding, Assert.IsType<ScanDecision.Refused>(decision).Verdict.Reason);
        Assert.Empty(rig.Clamd.Contents);
    }

    [Fact]
    public async Task PolicyOrException_ReleasesWhatIsNotClean()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder.File("exceptions.json"),
            """[ { "target": "https://files.example.org/a/", "owner": "o", "reason": "r", "expires": "2999-01-01T00:00:00Z" } ]""",
            TestContext.Current.CancellationToken);
        await using var rig = await ScanRig.StartAsync(
            policies: new PolicyOptions { Encrypted = PolicyAction.Pass, ExceptionsFile = folder.File("exceptions.json") });

        Assert.IsType<ScanDecision.Refused>(await rig.ScanAsync(Eicar.Bytes, new ScanSubject("https://files.example.org/a/its-name-only")));
        Assert.IsType<ScanDecision.Released>(
            await rig.ScanAsync(Eicar.Bytes, new ScanSubject("a") { Source = "https://files.example.org/a/b" }));
        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Heuristics.Encrypted.Zip FOUND\0");
        Assert.Equal(UnscannableReason.Encrypted, Assert.IsType<ScanDecision.Released>(await rig.ScanAsync(_content)).Release.Policy);
    }

    private static List<string> Scans(ScanRig rig) =>
        [
            .. rig.Log.Collector.GetSnapshot()
                .Where(line => line is { Id.Id: 5000, Level: LogLevel.Information })
                .Select(line => line.Message),
        ];
}
