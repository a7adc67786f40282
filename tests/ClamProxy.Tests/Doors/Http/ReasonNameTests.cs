using ClamProxy.Core.Archives;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>A reason has one name: in records, problems, reason phrases, settings and metric tags.</summary>
public sealed class ReasonNameTests
{
    private static readonly string[] Settable =
    [
        nameof(PolicyOptions.TooLarge), nameof(PolicyOptions.Encrypted), nameof(PolicyOptions.EngineLimit), nameof(PolicyOptions.ScanError),
        nameof(PolicyOptions.AmbiguousArchive)
    ];

    public static TheoryData<UnscannableReason> Reasons =>
        [.. Enum.GetValues<UnscannableReason>().Where(reason => reason != UnscannableReason.None)];

    [Fact]
    public void Names_AreThoseThatClientsAndStoredRecordsKnow() =>
        Assert.Equal(
            [
                null, "too-large", "encrypted", "engine-limit", "scan-error", "archive", "content-coding", "ambiguous-archive", "blocked",
                "partial"
            ],
            Enum.GetValues<UnscannableReason>().Select(reason => reason.Name()));

    [Theory, MemberData(nameof(Reasons))]
    public void Record_IsWrittenAndReadByTheName(UnscannableReason reason)
    {
        var (key, record) = (ContentKey.For(Sha), Unscannable(reason));

        var bytes = VerdictFormat.Write(key, record);

        Assert.Contains($"\"reason\":\"{reason.Name()}\"", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal(reason, VerdictFormat.ReadContent(key, bytes)?.Reason);
    }

    [Fact]
    public void RecordWithTheEarlierNameOfContentCoding_IsStillRead()
    {
        var (key, record) = (ContentKey.For(Sha), Unscannable(UnscannableReason.Coding));
        var earlier = System.Text.Encoding.UTF8.GetString(VerdictFormat.Write(key, record)).Replace(
            "content-coding", "coding", StringComparison.Ordinal);

        Assert.Equal(UnscannableReason.Coding, VerdictFormat.ReadContent(key, System.Text.Encoding.UTF8.GetBytes(earlier))?.Reason);
    }

    [Theory, MemberData(nameof(Reasons))]
    public void Refusal_SaysTheName(UnscannableReason reason)
    {
        var problem = RefusalProblem.Of(Unscannable(reason), "https://example.org/file", 409);

        // What an operator blocks is not called unscannable: nobody has tried.
        if (reason == UnscannableReason.Blocked)
        {
            Assert.Equal(("blocked", "Blocked by the operator"), (problem.Kind, problem.Title));
            return;
        }

        Assert.Equal($"Unscannable {reason.Name()}", problem.Title);
        Assert.Contains(new("reason", reason.Name()!), problem.Members);
    }

    [Fact]
    public void TooLargeBeforeTheDownload_IsCalledAsAfterIt()
    {
        var problem = FailureProblems.Of(new Failure(FailureReason.TooLarge, "It is too large."));

        Assert.Equal(
            (UnscannableReason.TooLarge.Name(), $"Unscannable {UnscannableReason.TooLarge.Name()}"), (problem.Kind, problem.Title));
    }

    [Theory, MemberData(nameof(Reasons))]
    public void Metric_IsTaggedByTheName(UnscannableReason reason)
    {
        using var meters = new TestMeters();

        new ScanningMetrics(meters).Scanned(Unscannable(reason), TimeSpan.FromSeconds(1));

        Assert.Equal(1, meters.Sum("clamproxy.gate.verdicts", "unscannable", reason.Name()!));
    }

    [Theory]
    [InlineData(typeof(PolicyOptions))]
    [InlineData(typeof(ProxyRouteOptions))]
    public void SettingOfAReason_IsItsNameWithoutHyphens(Type options)
    {
        var settings = options.GetProperties().Where(
            one => (Nullable.GetUnderlyingType(one.PropertyType) ?? one.PropertyType) == typeof(PolicyAction)).Select(one => one.Name);

        Assert.Equal(Settable, settings);
        Assert.All(Settable, setting => Assert.Contains(
            Enum.GetValues<UnscannableReason>(), reason =>
                setting.Equals(reason.Name()?.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void TagsOfScansAndInspections_AreSpelledAlike()
    {
        Assert.Equal(UnscannableReason.TooLarge.Name(), ClamdMetrics.Tag(ScanOutcome.TooLarge));
        Assert.Equal(UnscannableReason.Encrypted.Name(), ClamdMetrics.Tag(ScanOutcome.Encrypted));
        Assert.Equal(UnscannableReason.EngineLimit.Name(), ClamdMetrics.Tag(ScanOutcome.EngineLimit));
        Assert.Equal(UnscannableReason.TooLarge.Name(), ArchiveMetrics.Tag(ArchiveTrouble.TooLarge));
        Assert.Equal(UnscannableReason.Encrypted.Name(), ArchiveMetrics.Tag(ArchiveTrouble.Encrypted));
    }

    private static string Sha => new('a', 64);

    private static ContentRecord Unscannable(UnscannableReason reason) =>
        new(Sha, Verdict.Unscannable, null, reason, null, "1.4.6", 27826, null, DateTimeOffset.UnixEpoch);
}
