using ClamProxy.Core.Names;
using StackExchange.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>The connection to Redis: made in the background, replaced when it hangs.</summary>
internal sealed class RedisConnection : IDisposable
{
    // One attempt to connect, name and TLS handshake included. Callers do not wait for it longer than their own deadline.
    private const int ConnectMilliseconds = 2_000;

    // Longer than any deadline of a caller: the client's own only tidies up.
    private const int AnswerMilliseconds = 15_000;
    private const int ReconnectMilliseconds = 1_000;

    // What is not needed for a few commands and scripts, and what an access list may well forbid.
    private static readonly HashSet<string> Unused = ["SUBSCRIBE", "CONFIG", "CLUSTER", "SENTINEL"];

    private readonly ConfigurationOptions _options;
    private Task<ConnectionMultiplexer> _connecting;

    public RedisConnection(RedisAddress address, NameResolver names)
    {
        _options = Options(address);
        _options.Tunnel = new RedisTunnel(address, names, TimeSpan.FromMilliseconds(ConnectMilliseconds));
        _connecting = ConnectAsync();
    }

    public bool IsConnected => Volatile.Read(ref _connecting) is { IsCompletedSuccessfully: true } made && made.GetAwaiter().GetResult().IsConnected;

    /// <exception cref="RedisConnectionException">Not connected.</exception>
    public async Task<IDatabase> DatabaseAsync() => (await Volatile.Read(ref _connecting)).GetDatabase();

    /// <summary>Reconnects: a peer that vanished without a word would keep the old connection silent for 15 minutes.</summary>
    public void Renew() => Close(Interlocked.Exchange(ref _connecting, ConnectAsync()));

    public void Dispose() => Close(Volatile.Read(ref _connecting));

    private static ConfigurationOptions Options(RedisAddress address) => new()
    {
        EndPoints = { { address.Host, address.Port } },
        Password = address.Password,
        DefaultDatabase = address.Database,
        AbortOnConnectFail = false,
        ConnectTimeout = ConnectMilliseconds,
        ConnectRetry = 1,
        ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds),
        AsyncTimeout = AnswerMilliseconds,

        // A call without a connection fails at once and is a miss; it does not wait for the next connection.
        BacklogPolicy = BacklogPolicy.FailFast,

        // No threads of the client's own (decision 0033).
        SocketManager = SocketManager.ThreadPool,
        ClientName = "clamproxy",
        SetClientLibrary = false,
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
