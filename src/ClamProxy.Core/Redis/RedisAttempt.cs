using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>
/// One attempt to connect, and what came of it. Whatever the client library opened for it ends with it: the library leaves connections open
/// where it gives up half-way (it has connected to a primary that is none, or does not answer).
/// </summary>
internal sealed class RedisAttempt
{
    private const string NoSentinel = "no Sentinel answers (do they need ?sentinel_password=…), or none knows the primary's name";

    private readonly RedisClientOptions _options;
    private readonly RedisTunnel _tunnel;

    public RedisAttempt(RedisClientOptions options)
    {
        _options = options;
        _tunnel = options.NewTunnel();
        Link = Task.Run(async () => options.Topology is RedisTopology.Sentinel
            ? await ConnectThroughSentinelsAsync().ConfigureAwait(false)
            : new RedisLink(
                options.Topology, await ConnectionMultiplexer.ConnectAsync(options.ForServers(_tunnel)).ConfigureAwait(false), null));
    }

    public Task<RedisLink> Link { get; }

    /// <summary>Why some keys can be neither read nor written, as far as the connections show it; null: all can.</summary>
    public string? Problem => Link.IsCompletedSuccessfully ? Link.GetAwaiter().GetResult().Problem : "connecting";

    /// <summary>
    /// Ends it, whatever has become of it. Closing waits for a peer that may be hung: not on the caller's thread, and nobody waits for it.
    /// </summary>
    public void Close() => Ignore(async () =>
    {
        try
        {
            await (await Link.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _tunnel.Dispose();
        }
    });

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

    // In two steps: the library's one step leaves the Sentinels' connections open where no primary is found.
    private async Task<RedisLink> ConnectThroughSentinelsAsync()
    {
        ConnectionMultiplexer? sentinels = null;
        try
        {
            sentinels = await ConnectionMultiplexer.SentinelConnectAsync(_options.ForSentinels(_tunnel)).ConfigureAwait(false);
            return new RedisLink(RedisTopology.Sentinel, sentinels.GetSentinelMasterConnection(_options.ForServers(_tunnel)), sentinels);
        }
        catch (Exception exception)
        {
            Ignore(async () =>
            {
                try
                {
                    await (sentinels?.CloseAsync(allowCommandsToComplete: false) ?? Task.CompletedTask).ConfigureAwait(false);
                }
                finally
                {
                    _tunnel.Dispose();
                }
            });
            throw exception is RedisConnectionException { FailureType: var type }
                ? new RedisConnectionException(type, CommandFlags.None, exception.Message, new IOException(NoSentinel))
                : exception;
        }
    }
}
