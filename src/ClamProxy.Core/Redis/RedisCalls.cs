using ClamProxy.Core.Names;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>
/// The one way to Redis. Around every call, from the outside in: (1) the breaker, (2) the deadline, (3) the connection, (4) the command.
/// Every failure ends in one place, which keeps state, log and breaker together.
/// </summary>
internal sealed class RedisCalls(
    RedisAddress address, VerdictOptions options, RedisConnection connection, RedisBreaker breaker, TimeProvider time, ILogger logger) : IDisposable
{
    public const string StoreName = "redis";

    private const int ProblemLength = 200;
    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    private string? _problem;
    private long _warnedAt = long.MinValue;
    private long _rejectedAt = long.MinValue;

    public StoreState State
    {
        get
        {
            var problem = connection.IsConnected && !breaker.IsOpen ? null : Volatile.Read(ref _problem) ?? "connecting";
            return new StoreState(StoreName, problem is null, problem);
        }
    }

    /// <summary>Begins to connect and does not wait for it.</summary>
    /// <exception cref="ArgumentException">REDIS_URL is wrong; its options say how.</exception>
    public static RedisCalls Start(VerdictOptions options, NameResolver names, VerdictMetrics metrics, TimeProvider time, ILogger logger)
    {
        var (address, problem) = RedisAddress.Parse(options.RedisUrl ?? "");
        if (address is null)
        {
            throw new ArgumentException($"REDIS_URL is wrong: {problem}.", nameof(options));
        }

        var breaker = new RedisBreaker(options, time, Random.Shared.NextDouble);
        metrics.ObserveBreaker(() => breaker.IsOpen);
        VerdictLog.KeptInRedis(logger, address);
        return new RedisCalls(address, options, new RedisConnection(address, names), breaker, time, logger);
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Tells of a record whose signature is not right, once a minute at most.</summary>
    public void RecordRejected(SealProblem problem)
    {
        if (IsDue(ref _rejectedAt))
        {
            VerdictLog.RecordRejected(logger, problem);
        }
    }

    /// <summary>Sends a command and waits for its answer, but not for long. Never throws.</summary>
    public async ValueTask<StoreAnswer> RunAsync(RedisCall call, Func<IDatabase, Task<byte[]?>> command, CancellationToken cancellationToken)
    {
        if (!breaker.TryEnter(out var isProbe))
        {
            return default;
        }

        var answer = await AskAsync(call, command, isProbe, cancellationToken);

        // The client completes one answer after the other on one thread: what the caller does next must not run on it.
        await Task.Yield();
        return answer;
    }

    private static async Task<byte[]?> SendAsync(RedisConnection connection, Func<IDatabase, Task<byte[]?>> command) =>
        await command(await connection.DatabaseAsync());

    // An answer that comes after its deadline may be an exception: nobody waits for it any more.
    private static void Abandon(Task work) =>
        work.ContinueWith(late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<StoreAnswer> AskAsync(
        RedisCall call, Func<IDatabase, Task<byte[]?>> command, bool isProbe, CancellationToken cancellationToken)
    {
        var work = SendAsync(connection, command);
        try
        {
            var bytes = await work.WaitAsync(options.RedisTimeout, time, cancellationToken);
            Succeeded(isProbe);
            return new StoreAnswer(true, bytes);
        }
        catch (RedisServerException exception) when (!IsOfLeases(call) && IsOtherType(exception))
        {
            Succeeded(isProbe);
            return new StoreAnswer(true);
        }
        catch (RedisServerException exception) when (IsOfLeases(call))
        {
            // Scripts are what an access list forbids, and a full Redis takes no lease: verdicts may be found all the same.
            LogCall(call, Describe(exception));
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
            Failed(call, isProbe, Describe(exception));
            return default;
        }
    }

    // Somebody else's value under our key: Redis is well, there is just no record.
    private static bool IsOtherType(RedisServerException exception) => exception.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    private static bool IsOfLeases(RedisCall call) => call switch
    {
        RedisCall.FindVerdict or RedisCall.SaveVerdict or RedisCall.DropVerdict => false,
        RedisCall.FindUnproved or RedisCall.SaveUnproved or RedisCall.DropUnproved or RedisCall.FindGiven or RedisCall.SaveGiven or RedisCall.DropGiven => false,
        RedisCall.TakeLease or RedisCall.RenewLease or RedisCall.ReleaseLease or RedisCall.SeeLease => true,
    };

    private void Succeeded(bool isProbe)
    {
        if (breaker.Succeeded(isProbe) == BreakerChange.Closed)
        {
            VerdictLog.RedisIsBack(logger);
        }
    }

    private void Failed(RedisCall call, bool isProbe, string problem)
    {
        Volatile.Write(ref _problem, problem);
        switch (breaker.Failed(isProbe))
        {
            case BreakerChange.Opened:
                VerdictLog.RedisIsLeftAlone(logger, address, problem, breaker.Rest);
                break;
            case BreakerChange.StayedOpen:
                VerdictLog.RedisIsStillAway(logger, address, problem, breaker.Rest);
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
        if (IsDue(ref _warnedAt))
        {
            VerdictLog.CallFailed(logger, LogLevel.Warning, call, problem);
            return;
        }

        VerdictLog.CallFailed(logger, LogLevel.Debug, call, problem);
    }

    private bool IsDue(ref long saidAt)
    {
        var last = Volatile.Read(ref saidAt);
        var isDue = last == long.MinValue || time.GetElapsedTime(last) >= WarnEvery;
        return isDue && Interlocked.CompareExchange(ref saidAt, time.GetTimestamp(), last) == last;
    }

    private string Describe(Exception exception) => exception switch
    {
        TimeoutException => $"no answer within {options.RedisTimeout.TotalMilliseconds:0} ms",
        RedisServerException => OneLine(exception.Message),
        RedisConnectionException => "no connection: " + Innermost(exception),
        _ => exception.GetType().Name,
    };

    // The outer ones list the client's counters; only the innermost says what is wrong.
    private string Innermost(Exception exception) => exception switch
    {
        { InnerException: { } inner } => Innermost(inner),
        RedisConnectionException failure => failure.FailureType.ToString(),
        _ => OneLine(exception.Message),
    };

    private string OneLine(string text) =>
        string.Concat(address.Mask(text).Take(ProblemLength).Select(character => char.IsControl(character) ? ' ' : character));
}
