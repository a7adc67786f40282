using StackExchange.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>The connection to Redis: made in the background, replaced when it hangs.</summary>
internal sealed class RedisConnection : IDisposable
{
    // One attempt to connect, TLS handshake included. Callers do not wait for it longer than their own deadline.
    private const int ConnectMilliseconds = 2_000;
    private const int ReconnectMilliseconds = 1_000;

    // What is not needed for a few commands and scripts, and what an access list may well forbid.
    private static readonly HashSet<string> Unused = ["SUBSCRIBE", "CONFIG", "CLUSTER", "SENTINEL"];

    private readonly ConfigurationOptions _options;
    private Task<ConnectionMultiplexer> _connecting;

    public RedisConnection(RedisAddress address)
    {
        _options = Options(address);
        _connecting = ConnectAsync();
    }

    public bool IsConnected => Volatile.Read(ref _connecting) is { IsCompletedSuccessfully: true } made && made.GetAwaiter().GetResult().IsConnected;

    /// <exception cref="RedisConnectionException">Not connected.</exception>
    public async Task<IDatabase> DatabaseAsync() => (await Volatile.Read(ref _connecting)).GetDatabase();

    /// <summary>Starts anew: a peer that vanished without a word would keep the old connection silent for 15 minutes.</summary>
    public void Renew() => Close(Interlocked.Exchange(ref _connecting, ConnectAsync()));

    public void Dispose() => Close(Volatile.Read(ref _connecting));

    private static ConfigurationOptions Options(RedisAddress address) => new()
    {
        EndPoints = { { address.Host, address.Port } },
        Password = address.Password,
        DefaultDatabase = address.Database,
        Ssl = address.IsTls,
        SslHost = address.IsTls ? address.Host : null,
        AbortOnConnectFail = false,
        ConnectTimeout = ConnectMilliseconds,
        ConnectRetry = 1,
        ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds),
        ClientName = "clamproxy",
        CommandMap = CommandMap.Create(Unused, available: false),
        TieBreaker = "",
        ConfigurationChannel = "",
    };

    // Closing waits for a peer that may be hung: never on a caller's thread, and nobody waits for it.
    private static void Close(Task<ConnectionMultiplexer> made) => _ = Task.Run(async () =>
    {
        try
        {
            await (await made).CloseAsync(allowCommandsToComplete: false);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException or TimeoutException or OperationCanceledException)
        {
            // It was never made, or is gone already.
        }
    });

    private Task<ConnectionMultiplexer> ConnectAsync() => Task.Run(() => ConnectionMultiplexer.ConnectAsync(_options.Clone()));
}
