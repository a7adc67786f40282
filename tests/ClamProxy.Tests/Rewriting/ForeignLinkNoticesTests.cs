using System.Globalization;
using ClamProxy.Rewriting;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Tests.Rewriting;

/// <summary>Each route and host is told of once an hour, and no upstream can fill the memory with hosts.</summary>
public sealed class ForeignLinkNoticesTests
{
    [Fact]
    public void SameHost_IsLoggedOnceAnHour()
    {
        var (clock, log, notices) = Make();

        Notice(notices, "a");
        Notice(notices, "a");
        Notice(notices, "b");
        clock.Advance(TimeSpan.FromHours(1));
        Notice(notices, "a");

        Assert.Equal(["a", "b", "a"], log.GetSnapshot().Select(line => line.GetStructuredStateValue("Host")));
        Assert.Equal(["a", "b"], notices.All.Select(one => one.Host));
    }

    [Fact]
    public void HostsWithoutEnd_AreForgottenOldestFirst()
    {
        var (clock, _, notices) = Make();

        for (var host = 0; host < 1000; host++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Notice(notices, host.ToString("0000", CultureInfo.InvariantCulture));
        }

        Assert.Equal((256, "0744", "0999"), (notices.All.Count, notices.All[0].Host, notices.All[^1].Host));
    }

    private static void Notice(ForeignLinkNotices notices, string host) =>
        notices.Notice("route", "https://index/", [host], isRefused: false);

    private static (FakeTimeProvider Clock, FakeLogCollector Log, ForeignLinkNotices Notices) Make()
    {
        var (clock, log) = (FakeClock.Create(), new FakeLogCollector());
        return (clock, log, new(new RewritingMetrics(new TestMeters()), clock, new FakeLogger<ForeignLinkNotices>(log)));
    }
}
