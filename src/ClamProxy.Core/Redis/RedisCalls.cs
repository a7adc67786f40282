using ClamProxy.Core.Names;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>
/// The one way to Redis. Around every call, from the outside in: (1) the breaker, (2) the deadline, (3) the connection, (4) the command.
/// Every failure ends in one place, which keeps state, log and breaker together.
/// </summary>
internal sealed class RedisCalls(
    RedisAddress address,
    RedisOptions options,
    RedisConnection connection,
    RedisBreaker breaker,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private readonly RedisProblem _problems = new(address, options.RedisTimeout);
    private readonly RareWarning _warning = new(time);
    private string? _problem;

    public RedisTopology Topology => address.Topology;

    /// <summary>Why Redis cannot be used at the moment, or not for all keys, in one line without a password; null: it can.</summary>
    public string? Problem => (breaker.IsOpen, connection.Problem) switch
    {
        (true, var problem) => Volatile.Read(ref _problem) ?? problem,
        (false, { } problem) when Topology is RedisTopology.Standalone => Volatile.Read(ref _problem) ?? problem,
        (false, var problem) => problem,
    };

    /// <summary>Begins to connect and does not wait for it.</summary>
    /// <exception cref="ArgumentException">REDIS_URL is wrong; its options say how.</exception>
    public static RedisCalls Start(RedisOptions options, NameResolver names, RedisMetrics metrics, TimeProvider time, ILogger logger)
    {
        var address = options.Address()
            ?? throw new ArgumentException($"REDIS_URL is wrong: {RedisUrl.Parse(options.RedisUrl ?? "").Problem}.", nameof(options));
        var breaker = new RedisBreaker(options, time, Random.Shared.NextDouble);
        metrics.ObserveBreaker(() => breaker.IsOpen);
        RedisLog.KeptInRedis(logger, address);
        return new RedisCalls(address, options, new RedisConnection(address, names), breaker, time, logger);
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Sends a command and waits for its answer, but not for long. Never throws.</summary>
    public async ValueTask<RedisReply> RunAsync(RedisCall call, Func<IDatabase, Task<byte[]?>> command, CancellationToken cancellationToken)
    {
        if (!breaker.TryEnter(out var isProbe))
        {
            return default;
        }

        return await AskAsync(call, command, isProbe, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]?> SendAsync(RedisConnection connection, Func<IDatabase, Task<byte[]?>> command) =>
        await command(await connection.DatabaseAsync().ConfigureAwait(false)).ConfigureAwait(false);

    // An answer that comes after its deadline may be an exception: nobody waits for it any more.
    private static void Abandon(Task work) =>
        work.ContinueWith(late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<RedisReply> AskAsync(
        RedisCall call, Func<IDatabase, Task<byte[]?>> command, bool isProbe, CancellationToken cancellationToken)
    {
        var work = SendAsync(connection, command);
        try
        {
            var bytes = await work.WaitAsync(options.RedisTimeout, time, cancellationToken).ConfigureAwait(false);
            Succeeded(isProbe);
            return new RedisReply(true, bytes);
        }
        catch (RedisServerException exception) when (!IsOptional(call) && IsOtherType(exception))
        {
            Succeeded(isProbe);
            return new RedisReply(true);
        }
        catch (RedisServerException exception) when (IsOptional(call))
        {
            // Scripts are what an access list forbids, and a full Redis takes no lease: verdicts may be found all the same.
            LogCall(call, _problems.Describe(exception));
            breaker.Left(isProbe);
            return default;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Abandon(work);
            breaker.Left(isProbe);
            return default;
        }
        catch (Exception exception)
        {
            Abandon(work);
            Failed(call, isProbe, _problems.Describe(exception));
            return default;
        }
    }

    // Somebody else's value under our key: Redis is well, there is just no record.
    private static bool IsOtherType(RedisServerException exception) => exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    private static bool IsOptional(RedisCall call) => call switch
    {
        RedisCall.FindVerdict or RedisCall.SaveVerdict or RedisCall.DropVerdict => false,
        RedisCall.FindUnproved or RedisCall.SaveUnproved or RedisCall.DropUnproved or RedisCall.FindGiven or RedisCall.SaveGiven
            or RedisCall.DropGiven =>
            false,
        RedisCall.TakeLease or RedisCall.RenewLease or RedisCall.ReleaseLease or RedisCall.SeeLease => true,
        RedisCall.FindCutoffs or RedisCall.SaveCutoffs => true,
    };

    private void Succeeded(bool isProbe)
    {
        if (breaker.Succeeded(isProbe) == BreakerChange.Closed)
        {
            RedisLog.RedisIsBack(logger);
        }
    }

    private void Failed(RedisCall call, bool isProbe, string problem)
    {
        Volatile.Write(ref _problem, problem);
        switch (breaker.Failed(isProbe))
        {
            case BreakerChange.Opened:
                RedisLog.RedisIsLeftAlone(logger, address, problem, breaker.Rest);
                break;
            case BreakerChange.StayedOpen:
                RedisLog.RedisIsStillAway(logger, address, problem, breaker.Rest);
                connection.Renew();
                break;
            case BreakerChange.None or BreakerChange.Closed:
                LogCall(call, problem);
                break;
        }
    }

    // A Redis that takes lookups and refuses saves (out of memory, read-only) fails for hours: one warning a minute will do.
    private void LogCall(RedisCall call, string problem)
    {
        if (_warning.IsDue())
        {
            RedisLog.CallFailed(logger, LogLevel.Warning, call, problem);
            return;
        }

        RedisLog.CallFailed(logger, LogLevel.Debug, call, problem);
    }
}
