using ClamProxy.Core.Names;
using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>The connection to Redis: made in the background, replaced when it hangs.</summary>
internal sealed class RedisConnection : IDisposable
{
    private const string NoSentinel = "no Sentinel answers (do they need ?sentinel_password=…), or none knows the primary's name";

    private readonly RedisClientOptions _options;
    private Task<RedisLink> _connecting;

    /// <param name="listens">Whether channels are subscribed to.</param>
    public RedisConnection(RedisAddress address, NameResolver names, bool listens = false)
    {
        _options = new RedisClientOptions(address, names, listens);
        _connecting = ConnectAsync();
    }

    /// <summary>Why some keys can be neither read nor written, as far as the connections show it; null: all can.</summary>
    public string? Problem =>
        Volatile.Read(ref _connecting) is { IsCompletedSuccessfully: true } made ? made.GetAwaiter().GetResult().Problem : "connecting";

    /// <exception cref="RedisConnectionException">Not connected.</exception>
    public async Task<IDatabase> DatabaseAsync() => (await Volatile.Read(ref _connecting).ConfigureAwait(false)).Database;

    /// <summary>Reconnects: a peer that vanished without a word would keep the old connection silent for 15 minutes.</summary>
    public void Renew() => Close(Interlocked.Exchange(ref _connecting, ConnectAsync()));

    public void Dispose() => Close(Volatile.Read(ref _connecting));

    private static void Close(Task<RedisLink> made) =>
        Ignore(async () => await (await made.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false));

    private static void Close(ConnectionMultiplexer? sentinels) =>
        Ignore(() => sentinels?.CloseAsync(allowCommandsToComplete: false) ?? Task.CompletedTask);

    // Closing waits for a peer that may be hung: never on a caller's thread, and nobody waits for it.
    private static void Ignore(Func<Task> close) => _ = Task.Run(async () =>
    {
        try
        {
            await close().ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is RedisException or ObjectDisposedException or TimeoutException or OperationCanceledException)
        {
            // It was never made, or is gone already.
        }
    });

    private Task<RedisLink> ConnectAsync() => Task.Run(async () => _options.Topology is RedisTopology.Sentinel
        ? await ConnectThroughSentinelsAsync().ConfigureAwait(false)
        : new RedisLink(_options.Topology, await ConnectionMultiplexer.ConnectAsync(_options.ForServers()).ConfigureAwait(false), null));

    // In two steps: the library's one step leaves the Sentinels' connections open where no primary is found.
    private async Task<RedisLink> ConnectThroughSentinelsAsync()
    {
        ConnectionMultiplexer? sentinels = null;
        try
        {
            sentinels = await ConnectionMultiplexer.SentinelConnectAsync(_options.ForSentinels()).ConfigureAwait(false);
            return new RedisLink(RedisTopology.Sentinel, sentinels.GetSentinelMasterConnection(_options.ForServers()), sentinels);
        }
        catch (Exception exception)
        {
            Close(sentinels);
            throw exception is RedisConnectionException { FailureType: var type }
                ? new RedisConnectionException(type, CommandFlags.None, exception.Message, new IOException(NoSentinel))
                : exception;
        }
    }
}
