using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class ContentRecordTests
{
    [Theory]
    [InlineData(27826, 27827, true)]
    [InlineData(27826, 27826, false)]
    [InlineData(27826, 27825, false)]
    [InlineData(27826, null, true)]
    [InlineData(null, 27826, true)]
    [InlineData(null, null, false)]
    public void CleanOrUnscannable_IsStaleWhenTheDatabaseIsNewerOrNotComparable(int? then, int? now, bool isOlder)
    {
        Assert.Equal(isOlder, (Records.Clean with { Database = then }).IsOlderThan(now));
        Assert.Equal(isOlder, (Records.Unscannable with { Database = then }).IsOlderThan(now));
    }

    [Theory]
    [InlineData(27826, 27827)]
    [InlineData(27826, null)]
    [InlineData(null, 27826)]
    public void Infected_IsNeverStale(int? then, int? now) => Assert.False((Records.Infected with { Database = then }).IsOlderThan(now));

    [Fact]
    public void NoVerdict_IsAlwaysStale() => Assert.True((Records.Clean with { Verdict = Verdict.None }).IsOlderThan(27826));

    [Fact]
    public void NamesInRecords_AreOneForEachMember()
    {
        foreach (var verdict in Enum.GetValues<Verdict>())
        {
            Assert.Equal(verdict, VerdictNames.ToVerdict(verdict.Name()));
        }

        foreach (var reason in Enum.GetValues<UnscannableReason>())
        {
            Assert.Equal(reason, VerdictNames.ToReason(reason.Name()));
        }
    }
}
