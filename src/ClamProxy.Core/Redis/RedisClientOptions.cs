using System.Net;
using ClamProxy.Core.Names;
using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>How the client library connects, and which of its habits are turned off.</summary>
/// <param name="listens">Whether channels are subscribed to, which takes a connection of its own.</param>
internal sealed class RedisClientOptions(RedisAddress address, NameResolver names, bool listens = false)
{
    // One attempt to connect, name and TLS handshake included. Callers do not wait for it longer than their own deadline.
    private const int ConnectMilliseconds = 2_000;

    // Longer than any deadline of a caller: the client's own only tidies up.
    private const int AnswerMilliseconds = 15_000;
    private const int ReconnectMilliseconds = 1_000;

    // The client asks Sentinels on a thread of the pool, which waits for so long where they are silent.
    private const int SentinelMilliseconds = 1_000;

    // How often a node is asked for its view of the Cluster; one that redirects a call is asked at once.
    private const int ViewSeconds = 5;

    // What is not needed for a few commands and scripts, and what an access list may well forbid.
    private static readonly HashSet<string> Unused = ["SUBSCRIBE", "CONFIG", "CLUSTER", "SENTINEL"];

    public RedisTopology Topology => address.Topology;

    /// <summary>What makes the connections of one attempt.</summary>
    public RedisTunnel NewTunnel() => new(address, names, TimeSpan.FromMilliseconds(ConnectMilliseconds));

    public ConfigurationOptions ForSentinels(RedisTunnel tunnel)
    {
        var options = Common(address.SentinelUser, address.SentinelPassword, tunnel);
        options.SyncTimeout = SentinelMilliseconds;
        options.ServiceName = address.Primary;
        return options;
    }

    public ConfigurationOptions ForServers(RedisTunnel tunnel)
    {
        var options = Common(address.User, address.Password, tunnel);
        options.DefaultDatabase = address.Database;
        options.ServiceName = address.Primary;
        options.CommandMap = CommandMap.Create(
            [.. Unused.Where(command => command switch
            {
                "CLUSTER" => Topology is not RedisTopology.Cluster,
                "SUBSCRIBE" => !listens,
                _ => true,
            })],
            available: false);
        options.ConfigCheckSeconds = Topology is RedisTopology.Cluster ? ViewSeconds : options.ConfigCheckSeconds;
        return options;
    }

    private static EndPointCollection Copy(IEnumerable<EndPoint> endPoints) => [.. endPoints];

    private ConfigurationOptions Common(string? user, string? password, RedisTunnel tunnel) => new()
    {
        EndPoints = Copy(address.EndPoints),
        User = user,
        Password = password,
        Tunnel = tunnel,
        AbortOnConnectFail = false,
        ConnectTimeout = ConnectMilliseconds,
        ConnectRetry = 1,
        ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds),
        AsyncTimeout = AnswerMilliseconds,

        // A call without a connection fails at once and is a miss; it does not wait for the next connection.
        BacklogPolicy = BacklogPolicy.FailFast,
        ClientName = "clamproxy",
        SetClientLibrary = false,
        TieBreaker = "",
        ConfigurationChannel = "",
    };
}
