using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Buckets.Redis;

/// <summary>The calls of a source to its Redis: each has a deadline, and what goes wrong is said in an operator's words.</summary>
internal sealed class RedisEventCalls(RedisAddress address, RedisConnection connection, TimeSpan deadline, TimeProvider clock) : IDisposable
{
    private readonly RedisJobCalls _calls = new(connection, deadline, clock);

    /// <param name="key">The key that the store fills, where the command needs it to be a stream or a list.</param>
    /// <exception cref="EventSourceException">Not connected, no answer in time, or an error as the answer.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, string? key = null)
    {
        try
        {
            return await _calls.RunAsync(command, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JobStoreException e) when (key is not null && IsOfAnotherKind(e))
        {
            throw new EventSourceException(await KindOfAsync(key).ConfigureAwait(false), e);
        }
        catch (JobStoreException e)
        {
            throw new EventSourceException(address.Mask(e.Message), e);
        }
    }

    public void Dispose() => connection.Dispose();

    private static bool IsOfAnotherKind(JobStoreException e) =>
        e.InnerException is RedisServerException { Message: var message } && message.Contains("WRONGTYPE", StringComparison.Ordinal);

    private async Task<string> KindOfAsync(string key) => await RunAsync(redis => redis.KeyTypeAsync(key)).ConfigureAwait(false) switch
    {
        RedisType.Hash => $"the key {key} is a hash, in which later events replace earlier ones; MinIO writes it with format=namespace: "
            + "set format=access there, and ?list= here",
        RedisType.List => $"the key {key} is a list; it is read with ?list= in place of ?stream=",
        RedisType.Stream => $"the key {key} is a stream; it is read with ?stream= in place of ?list=",
        var other => $"the key {key} is of type {other}, neither a stream nor a list",
    };
}
