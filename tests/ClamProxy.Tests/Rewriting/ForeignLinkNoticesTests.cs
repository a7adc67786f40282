using System.Globalization;
using ClamProxy.Rewriting;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Tests.Rewriting;

/// <summary>Each route and host is told of once an hour, and no upstream can fill the memory with hosts.</summary>
public sealed class ForeignLinkNoticesTests
{
    [Fact]
    public void SameHost_IsLoggedOnceAnHour()
    {
        var (clock, logs, notices) = Make();

        Notice(notices, "a");
        Notice(notices, "a");
        Notice(notices, "b");
        clock.Advance(TimeSpan.FromHours(1));
        Notice(notices, "a");

        Assert.Equal(["a", "b", "a"], logs);
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

    private static void Notice(ForeignLinkNotices notices, string host) => notices.Notice("route", "https://index/", [host], isRefused: false);

    private static (FakeTimeProvider Clock, List<string> Hosts, ForeignLinkNotices Notices) Make()
    {
        var (clock, hosts) = (FakeClock.Create(), new List<string>());
        return (clock, hosts, new(new RewritingMetrics(new TestMeters()), clock, new HostLogger(hosts)));
    }

    private sealed class HostLogger(List<string> hosts) : ILogger<ForeignLinkNotices>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            hosts.Add(((IReadOnlyList<KeyValuePair<string, object?>>)state!).Single(value => value.Key == "Host").Value!.ToString()!);
    }
}
