using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>
/// Calls of what can wait for its Redis to come back, as no verdict can: each has a deadline, none a breaker, and what goes wrong is one
/// kind of exception.
/// </summary>
/// <param name="fault">Makes that exception, from the problem in words and its cause.</param>
internal sealed class PatientRedisCalls(
    RedisConnection connection, TimeSpan deadline, TimeProvider clock, Func<string, Exception, Exception> fault)
{
    /// <summary>
    /// So many calls without an answer end the connection: a peer that vanished without a word would keep it silent for 15 minutes. One
    /// that is refused or broken the client makes anew by itself.
    /// </summary>
    private const int MostSilent = 3;

    private int _silent;

    /// <inheritdoc cref="RedisConnection.Problem"/>
    public string? Problem => connection.Problem;

    /// <remarks>Throws what the constructor was told to make: not connected, no answer in time, or an error as the answer.</remarks>
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

            throw fault($"Redis: {e.Message}", e);
        }
    }

    private async Task<T> SendAsync<T>(Func<IDatabase, Task<T>> command) =>
        await command(await connection.DatabaseAsync().ConfigureAwait(false)).ConfigureAwait(false);
}
