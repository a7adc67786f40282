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
    // Longer than an attempt to connect, through Sentinels too.
    private static readonly TimeSpan CheckTime = TimeSpan.FromSeconds(5);

    private readonly RedisProblem _problems = new(address, options.RedisTimeout);
    private readonly RareWarning _warning = new(time);
    private string? _problem;

    // What a server refused its work with, and over which connection.
    private Refusal? _refusal;

    public RedisTopology Topology => address.Topology;

    /// <summary>Why Redis cannot be used at the moment, or not for all keys, in one line without a password; null: it can.</summary>
    public string? Problem => (breaker.IsOpen, connection.Problem) switch
    {
        (true, var problem) => Volatile.Read(ref _problem) ?? problem,
        (false, null) when RefusalText is { } refusal => refusal,
        (false, { } problem) when Topology is RedisTopology.Standalone => Volatile.Read(ref _problem) ?? problem,
        (false, var problem) => problem,
    };

    private string? RefusalText =>
        Volatile.Read(ref _refusal) is { } refusal && ReferenceEquals(refusal.By, connection.Current) ? refusal.Text : null;

    /// <summary>Begins to connect and does not wait for it.</summary>
    /// <exception cref="ArgumentException">REDIS_URL is wrong; its options say how.</exception>
    public static RedisCalls Start(RedisOptions options, NameResolver names, RedisMetrics metrics, TimeProvider time, ILogger logger)
    {
        var address = options.Address()
            ?? throw new ArgumentException($"REDIS_URL is wrong: {RedisUrl.Parse(options.RedisUrl ?? "").Problem}.", nameof(options));
        var breaker = new RedisBreaker(
            options, time, Random.Shared.NextDouble, isAllOfIt: address.Topology is not RedisTopology.Cluster);
        metrics.ObserveBreaker(() => breaker.IsOpen);
        RedisLog.KeptInRedis(logger, address);
        return new RedisCalls(address, options, new RedisConnection(address, names, time), breaker, time, logger);
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Sends a command and waits for its answer, but not for long. Never throws.</summary>
    public async ValueTask<RedisReply> RunAsync(RedisCall call, Func<IDatabase, Task<byte[]?>> command, CancellationToken cancellationToken)
    {
        // A server that is a replica, and stays one: Sentinels, or the name, may lead to another by now, or it may be a primary again.
        connection.RenewIfTroubled(options.BreakerRestMax, IsTroubled);
        if (!breaker.TryEnter(out var isProbe))
        {
            return default;
        }

        return await AskAsync(call, command, isProbe, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Warns where Redis cannot be reached now: the first call that would say so may be hours away. Never throws.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var asked = PingAsync();
        try
        {
            await asked.WaitAsync(CheckTime, time, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            // It answers, and forbids PING.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Abandon(asked);
        }
        catch (TimeoutException)
        {
            Abandon(asked);
            RedisLog.NotReached(logger, address, $"no answer within {CheckTime.TotalSeconds:0} s");
        }
        catch (Exception exception)
        {
            RedisLog.NotReached(logger, address, _problems.Describe(exception));
        }
    }

    private async Task PingAsync() => await (await connection.DatabaseAsync().ConfigureAwait(false)).PingAsync().ConfigureAwait(false);

    private static async Task<byte[]?> SendAsync(RedisConnection connection, Func<IDatabase, Task<byte[]?>> command) =>
        await command(await connection.DatabaseAsync().ConfigureAwait(false)).ConfigureAwait(false);

    // An answer that comes after its deadline may be an exception: nobody waits for it any more.
    private static void Abandon(Task work) =>
        work.ContinueWith(late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<RedisReply> AskAsync(
        RedisCall call, Func<IDatabase, Task<byte[]?>> command, bool isProbe, CancellationToken cancellationToken)
    {
        var asked = connection.Current;
        var work = SendAsync(connection, command);
        try
        {
            var bytes = await work.WaitAsync(options.RedisTimeout, time, cancellationToken).ConfigureAwait(false);
            Succeeded(isProbe);
            return new RedisReply(true, bytes);
        }
        catch (RedisServerException exception) when (RedisRefusal.Is(exception))
        {
            Refused(call, _problems.Describe(exception), asked);
            breaker.Left(isProbe);
            return default;
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

    /// <summary>A Cluster follows its nodes by itself.</summary>
    private bool IsTroubled() => RefusalText is not null || (Topology is not RedisTopology.Cluster && connection.Problem is not null);

    /// <summary>
    /// Another server may be the one to ask now: Sentinels, the Cluster or the name are asked again, unless that was just done.
    /// </summary>
    private void Refused(RedisCall call, string problem, object by)
    {
        Volatile.Write(ref _refusal, new Refusal(problem, by));
        LogCall(call, problem);
        if (ReferenceEquals(by, connection.Current))
        {
            connection.Renew(options.BreakerRest);
        }
    }

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

                // A Cluster's rests are shorter than an attempt to connect to it while one of its nodes is silent.
                connection.Renew(Topology is RedisTopology.Cluster ? options.BreakerRestMax : default);
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

    /// <param name="Text">What it said.</param>
    /// <param name="By">The connection: with another one it is over until it is said again.</param>
    private sealed record Refusal(string Text, object By);
}
