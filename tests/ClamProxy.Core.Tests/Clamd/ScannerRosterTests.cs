using ClamProxy.Core.Clamd;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Which scanners there are, when others are configured or some are drained.</summary>
public sealed class ScannerRosterTests : IDisposable
{
    private const string One = "tcp://127.0.0.1:3310";
    private const string Other = "tcp://127.0.0.2:3310";

    private readonly ScannerRoster _roster = new(new() { Hosts = [One] }, TimeProvider.System, NullLogger.Instance);

    public void Dispose() => _roster.Dispose();

    [Fact]
    public void OtherEntries_AddScannersAndLetThoseThatAreGoneLeave()
    {
        var change = _roster.NextChange();

        _roster.SetEntries([Other]);

        Assert.True(change.IsCompleted);
        Assert.Equal([(Other, false), (One, true)], _roster.Hosts.Select(host => (host.Name, host.IsLeaving)));
        Assert.True(_roster.TryForget(_roster.Hosts[1]));
        Assert.Equal([Other], _roster.Hosts.Select(host => host.Name));
    }

    [Fact]
    public void EntryThatComesBack_IsTheSameScanner()
    {
        var host = _roster.Hosts[0];

        _roster.SetEntries([Other]);
        _roster.SetEntries([One, Other]);

        Assert.Same(host, _roster.Hosts[0]);
        Assert.False(host.IsLeaving);
    }

    [Fact]
    public void DrainedScanner_StaysDrainedWhenItIsForgottenAndComesBack()
    {
        _roster.SetDrained(_roster.Hosts, isDrained: true);
        _roster.SetEntries([Other]);
        Assert.True(_roster.TryForget(_roster.Hosts[1]));

        _roster.SetEntries([One]);

        Assert.True(_roster.Hosts[0].IsDrained);
        _roster.SetDrained([_roster.Hosts[0]], isDrained: false);
        Assert.False(_roster.Hosts[0].IsDrained);
    }
}
