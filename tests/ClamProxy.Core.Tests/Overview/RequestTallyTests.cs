using ClamProxy.Core.Overview;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Overview;

public sealed class RequestTallyTests
{
    private readonly RecentDecisions _decisions = new(64 * 1024);

    [Fact]
    public void Requests_AreCountedByWhatBecameOfThem()
    {
        Add(200, Verdict.Clean, "store");
        Add(200, Verdict.Clean, "scan");
        Add(409, Verdict.Infected, "scan");
        Add(502, Verdict.None, "upstream-unreachable");
        Add(200, Verdict.Unscannable, "scan");

        var state = _decisions.Tally.State;

        Assert.Equal((5, 1, 1, 1, 4), (state.Requests, state.Refused, state.Failed, state.Stored, state.Contents));
    }

    [Fact]
    public void Percentiles_AreWithinTheirPlaces()
    {
        for (var i = 1; i <= 100; i++)
        {
            Add(200, Verdict.Clean, "scan", i);
        }

        var state = _decisions.Tally.State;

        Assert.InRange(state.Within(0.5), 50, 50 * Math.Sqrt(2));
        Assert.InRange(state.Within(0.95), 95, 95 * Math.Sqrt(2));
    }

    [Fact]
    public void TimesOfAnyLength_HaveAPlace()
    {
        Add(200, Verdict.Clean, "scan", 0);
        Add(200, Verdict.Clean, "scan", TimeSpan.FromDays(1000).TotalMilliseconds);

        Assert.Equal(2, _decisions.Tally.State.Times.Sum());
    }

    [Fact]
    public void Interval_HasWhatCameInIt()
    {
        Add(200, Verdict.Clean, "scan", 1000);
        var before = _decisions.Tally.State;
        Add(200, Verdict.Clean, "scan", 1);

        var now = _decisions.Tally.State.Since(before);

        Assert.Equal(1, now.Requests);
        Assert.InRange(now.Within(0.99), 1, 2);
        Assert.Equal(0, before.Since(before).Within(0.5));
    }

    private void Add(int status, Verdict verdict, string outcome, double milliseconds = 5) =>
        _decisions.Add(new(DateTimeOffset.UnixEpoch, "proxy", "id", "u")
        {
            Status = status,
            Verdict = verdict,
            Outcome = outcome,
            Total = TimeSpan.FromMilliseconds(milliseconds),
        });
}
