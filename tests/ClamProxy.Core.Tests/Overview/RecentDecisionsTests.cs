using ClamProxy.Core.Overview;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Overview;

public sealed class RecentDecisionsTests
{
    private const int Bytes = 64 * 1024;

    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Decision_ComesBackAsItWas()
    {
        var decisions = new RecentDecisions(Bytes);
        var decision = Of("https://h/ä/日本") with
        {
            Client = "192.0.2.7",
            User = "ci",
            Method = "GET",
            Status = 409,
            Outcome = "scan",
            Verdict = Verdict.Infected,
            Finding = "Evil-1",
            Sha256 = new string('a', 64),
            Bytes = 1L << 40,
            Total = TimeSpan.FromSeconds(3),
            Fetch = TimeSpan.FromSeconds(2),
            Scan = TimeSpan.FromMilliseconds(1),
        };

        decisions.Add(decision);

        Assert.Equal(decision with { Number = 1 }, Assert.Single(decisions.Newest(10)));
    }

    [Fact]
    public void TextsThatAreMissing_StayMissing()
    {
        var decisions = new RecentDecisions(Bytes);

        decisions.Add(Of("u"));

        var one = Assert.Single(decisions.Newest(10));
        Assert.Equal((null, null, null, null), (one.Client, one.User, one.Finding, one.Sha256));
    }

    [Fact]
    public void MoreThanItTakes_DropsTheOldest()
    {
        var decisions = new RecentDecisions(Bytes);

        for (var i = 0; i < 2000; i++)
        {
            decisions.Add(Of($"https://h/{i}"));
        }

        var all = decisions.Find(_ => true, int.MaxValue);
        Assert.InRange(all.Count, 100, 1000);
        Assert.Equal(Enumerable.Range(0, all.Count).Select(i => $"https://h/{1999 - i}"), all.Select(one => one.Url));
        Assert.Equal(2000, decisions.Count);
    }

    [Fact]
    public void RushOfOrdinaryOnes_LeavesARefusal()
    {
        var decisions = new RecentDecisions(Bytes);
        decisions.Add(Of("https://h/bad") with { Verdict = Verdict.Infected, Status = 409 });

        for (var i = 0; i < 2000; i++)
        {
            decisions.Add(Of($"https://h/{i}") with { Verdict = Verdict.Clean, Status = 200 });
        }

        Assert.Equal("https://h/bad", Assert.Single(decisions.Find(one => one.Verdict == Verdict.Infected, 10)).Url);
        Assert.Equal("https://h/bad", Assert.Single(decisions.NewestNotable(10)).Url);
    }

    [Theory]
    [InlineData(200, Verdict.Infected, true)]
    [InlineData(409, Verdict.Unscannable, true)]
    [InlineData(502, Verdict.None, true)]
    [InlineData(0, Verdict.None, true)]
    [InlineData(0, Verdict.Clean, false)]
    [InlineData(404, Verdict.Clean, false)]
    [InlineData(403, Verdict.None, false)]
    public void Notable_IsWhatIsNotCleanOrFailed(int status, Verdict verdict, bool isNotable) =>
        Assert.Equal(isNotable, (Of("u") with { Status = status, Verdict = verdict }).IsNotable);

    [Fact]
    public void EndlessTexts_AreCutAndFit()
    {
        var decisions = new RecentDecisions(Bytes);
        var endless = new string('漢', 100_000);

        decisions.Add(new(s_now, endless, endless, endless)
        {
            Client = endless,
            User = endless,
            Method = endless,
            Outcome = endless,
            Finding = endless,
            Sha256 = endless,
        });

        var one = Assert.Single(decisions.Newest(10));
        Assert.Equal(new string('漢', 333), one.Url);
        Assert.Equal(new string('漢', 66), one.Finding);
    }

    [Fact]
    public void NoBytes_RemembersNothing()
    {
        var decisions = new RecentDecisions(0);

        decisions.Add(Of("u"));

        Assert.False(decisions.IsOn);
        Assert.Empty(decisions.Newest(10));
        Assert.Equal(0, decisions.Tally.State.Requests);
    }

    [Fact]
    public async Task AddedAtOnce_AreAllWhole()
    {
        var decisions = new RecentDecisions(Bytes);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                decisions.Add(Of($"https://h/{thread}/{i}") with { Client = $"client-{thread}" });
                Assert.All(decisions.Newest(5), one => Assert.StartsWith("https://h/", one.Url, StringComparison.Ordinal));
            }
        })));

        Assert.Equal(4000, decisions.Count);
        Assert.All(
            decisions.Find(_ => true, int.MaxValue),
            one => Assert.Equal($"client-{one.Url.Split('/')[3]}", one.Client));
    }

    private static Decision Of(string url) => new(s_now, "proxy", "id", url);
}
