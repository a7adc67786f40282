using System.Diagnostics;
using System.Net;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>A Redis verdict store, and the leases beside it, with what they logged and counted.</summary>
internal sealed class RedisUnderTest : IDisposable
{
    private static readonly TimeSpan Overall = TimeSpan.FromSeconds(60);

    private readonly FakeLogCollector _log = new();
    private readonly NameResolver _names;
    private readonly RedisCalls _calls;

    public RedisUnderTest(
        string url, RedisOptions? options = null, TimeProvider? time = null, LeaseOptions? leases = null, VerdictOptions? verdicts = null)
    {
        options ??= new RedisOptions();
        options.RedisUrl = url;
        time ??= TimeProvider.System;
        var metrics = new VerdictMetrics(Meters);
        _names = new NameResolver(new NameOptions(), Dns.GetHostAddresses, new NameMetrics(Meters), time);
        _calls = RedisCalls.Start(options, _names, new RedisMetrics(Meters), time, new FakeLogger(_log));
        Store = new RedisVerdictStore(_calls, verdicts ?? new VerdictOptions(), metrics, time, new FakeLogger<RedisVerdictStore>(_log));
        Leases = new RedisFlightLeases(
            _calls, leases ?? new LeaseOptions(), new LeaseMetrics(Meters), time, new FakeLogger<RedisFlightLeases>(_log));
    }

    public RedisCalls Calls => _calls;

    public RedisVerdictStore Store { get; }

    public RedisFlightLeases Leases { get; }

    /// <summary>Where the lease of <see cref="Records.Url"/> stands.</summary>
    public LeaseKeys LeaseKeys => LeaseKeys.Of(Records.Url.Text, _calls.Topology);

    public TestMeters Meters { get; } = new();

    public string Log =>
        string.Join('\n', _log.GetSnapshot().Select(line => $"{line.Level} {line.Id.Id} {line.Message} {line.Exception}"));

    public Task ConnectedAsync() => UntilAsync(() => Store.State.IsAvailable);

    /// <summary>Until the state is what is wanted, asking the store meanwhile as traffic would; under one overall time-out.</summary>
    public Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(waited.Elapsed < Overall, $"not so within {Overall}: {Store.State}\n{Log}");
            await Store.FindUrlAsync(Records.Url, TestContext.Current.CancellationToken);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _calls.Dispose();
        _names.Dispose();
        Meters.Dispose();
    }
}
