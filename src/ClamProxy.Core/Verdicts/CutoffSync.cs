using ClamProxy.Core.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// Exchanges cut-offs with the other processes, by Redis and by the file beside the store, whichever there are. What one of them lacks it
/// is given: so a mark that was set while Redis was away arrives there later, and outlives this process.
/// </summary>
public sealed class CutoffSync : BackgroundService
{
    private const string Key = "clamproxy:v1:cutoffs";

    /// <summary>Longer than any verdict lives.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(400);

    private readonly VerdictCutoffs _cutoffs;
    private readonly VerdictOptions _options;
    private readonly RedisCalls? _redis;
    private readonly CutoffFile _file;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <param name="redis">Null: there is no Redis.</param>
    /// <param name="path">The file; empty: there is none.</param>
    internal CutoffSync(
        VerdictCutoffs cutoffs, VerdictOptions options, RedisCalls? redis, string path, TimeProvider clock, ILogger<CutoffSync> logger)
    {
        (_cutoffs, _options, _redis, _clock) = (cutoffs, options, redis, clock);
        _file = new CutoffFile(path, logger);
    }

    /// <summary>Exchanges once, before anything is answered from what is known.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await SyncAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Whether all others can know by now what is set here; false: Redis does not answer.</returns>
    public async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var inFile = _file.Read();
            _cutoffs.Merge(inFile);
            var isShared = _redis is null || await SyncAsync(_redis, cancellationToken).ConfigureAwait(false);
            if (_cutoffs.Merge(inFile).Count > 0)
            {
                _file.Write(_cutoffs.All());
            }

            return isShared;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pauses = new PeriodicTimer(_options.CutoffInterval, _clock);
        try
        {
            while (await pauses.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await SyncAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task<bool> SyncAsync(RedisCalls redis, CancellationToken cancellationToken)
    {
        HashEntry[] found = [];
        var read = await redis.RunAsync(
            RedisCall.FindCutoffs,
            async database =>
            {
                found = await database.HashGetAllAsync(Key).ConfigureAwait(false);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        if (!read.HasAnswered)
        {
            return false;
        }

        var lacks = _cutoffs.Merge(found.ToDictionary(field => field.Name.ToString(), field => field.Value.ToString()));
        if (lacks.Count == 0)
        {
            return true;
        }

        var written = await redis.RunAsync(
            RedisCall.SaveCutoffs,
            async database =>
            {
                // One by one: several at once are HMSET to the client, which an access list need not allow.
                var saved = Task.WhenAll(lacks.Select(one => database.HashSetAsync(Key, one.Key, one.Value)));
                await database.KeyExpireAsync(Key, Life).ConfigureAwait(false);
                await saved.ConfigureAwait(false);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        return written.HasAnswered;
    }
}
