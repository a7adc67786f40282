using ClamProxy.Core.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>
/// The calls of jobs to their Redis: each has a deadline, and what goes wrong is one kind of exception. No breaker: a job waits for its
/// Redis to come back, a verdict does not.
/// </summary>
internal sealed class RedisJobCalls(RedisConnection connection, TimeSpan deadline, TimeProvider clock)
{
    /// <summary>All keys of jobs are in one hash slot, so that scripts may use several.</summary>
    public const string Prefix = "{clamproxy:v1:jobs}:";

    /// <summary>
    /// So many calls without an answer end the connection: a peer that vanished without a word would keep it silent for 15 minutes. One
    /// that is refused or broken the client makes anew by itself.
    /// </summary>
    private const int MostSilent = 3;

    private int _silent;

    /// <inheritdoc cref="RedisConnection.Problem"/>
    public string? Problem => connection.Problem;

    /// <exception cref="JobStoreException">Not connected, no answer in time, or an error as the answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        var work = SendAsync(command);
        try
        {
            var answer = await work.WaitAsync(deadline, clock, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _silent, 0);
            return answer;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            _ = work.ContinueWith(
                late => _ = late.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default);
            if (e is TimeoutException && Interlocked.Increment(ref _silent) >= MostSilent)
            {
                connection.Renew(atLeastAfter: deadline);
            }

            throw new JobStoreException($"Redis: {e.Message}", e);
        }
    }

    private async Task<T> SendAsync<T>(Func<IDatabase, Task<T>> command) =>
        await command(await connection.DatabaseAsync().ConfigureAwait(false)).ConfigureAwait(false);
}
