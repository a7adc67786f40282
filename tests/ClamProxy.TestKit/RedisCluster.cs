using System.Globalization;

namespace ClamProxy.TestKit;

/// <summary>A Redis Cluster of three primaries with one replica each, which replaces a dead primary within about two seconds.</summary>
public sealed class RedisCluster : IRedisServers, IAsyncDisposable
{
    private const int Primaries = 3;
    private const int Slots = 16_384;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly List<RedisProcess> _nodes = [];

    private RedisCluster()
    {
    }

    public string Url => $"redis+cluster://{string.Join(',', _nodes.Take(2).Select(node => $"127.0.0.1:{node.Port}"))}";

    /// <summary>The nodes in the order of their start: the first three are the first primaries.</summary>
    public IReadOnlyList<RedisProcess> All => _nodes;

    public string Log => string.Join("\n====\n", _nodes.Select(node => node.Log));

    /// <summary>Starts it and waits until all slots are served and all replicas follow.</summary>
    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        try
        {
            await cluster.StartNodesAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>To the node that has the key, as redis-cli -c does.</summary>
    public async Task<string?> AskAsync(params string[] command)
    {
        foreach (var node in _nodes)
        {
            var reply = await TryAskAsync(node, command);
            if (reply?.StartsWith("-MOVED ", StringComparison.Ordinal) is true)
            {
                return await NodeAt(reply).AskAsync(command);
            }

            if (reply is not "-")
            {
                return reply;
            }
        }

        throw new InvalidOperationException("no node of the Cluster answers:\n" + Log);
    }

    /// <summary>The node that serves a key now.</summary>
    public async Task<RedisProcess> PrimaryOfAsync(string key)
    {
        foreach (var node in _nodes)
        {
            switch (await TryAskAsync(node, "GET", key))
            {
                case ['-', 'M', 'O', 'V', 'E', 'D', ..] moved:
                    return NodeAt(moved);
                case "-":
                    break;
                default:
                    return node;
            }
        }

        throw new InvalidOperationException("no node of the Cluster answers:\n" + Log);
    }

    public async Task EmptyAsync()
    {
        foreach (var node in _nodes)
        {
            // Replicas refuse it, and follow.
            await TryAskAsync(node, "FLUSHALL");
        }
    }

    /// <summary>Waits until every node that lives says that all slots are served, and every replica follows.</summary>
    public async Task SettledAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (!(await Task.WhenAll(_nodes.Select(IsSettledAsync))).All(isSettled => isSettled))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <returns>"-": it does not answer.</returns>
    private static async Task<string?> TryAskAsync(RedisProcess node, params string[] command)
    {
        try
        {
            return await node.AskAsync(command);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            return "-";
        }
    }

    private static async Task<bool> IsSettledAsync(RedisProcess node)
    {
        var state = await TryAskAsync(node, "CLUSTER", "INFO") ?? "";
        var replication = await TryAskAsync(node, "INFO", "replication") ?? "";
        return state is "-"
            || (state.Contains("cluster_state:ok", StringComparison.Ordinal)
                && state.Contains($"cluster_slots_ok:{Slots}", StringComparison.Ordinal)
                && !replication.Contains("master_link_status:down", StringComparison.Ordinal));
    }

    private RedisProcess NodeAt(string moved) =>
        _nodes.First(node => moved.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{node.Port}"), StringComparison.Ordinal));

    // Every node finds in its file what it would have learnt from the others within some seconds.
    private async Task StartNodesAsync()
    {
        static string Id(int place) => new((char)('a' + place), 40);
        var busPorts = Enumerable.Range(0, 2 * Primaries).Select(_ => FreePort.Next()).ToArray();
        for (var place = 0; place < busPorts.Length; place++)
        {
            _nodes.Add(RedisProcess.NotStarted(
                null,
                "--cluster-enabled", "yes",
                "--cluster-config-file", Path.Combine(_folder.Path, $"nodes-{place}.conf"),
                "--cluster-port", $"{busPorts[place]}",
                "--cluster-node-timeout", "1000",
                "--cluster-replica-validity-factor", "0",
                "--repl-diskless-sync-delay", "0"));
        }

        for (var place = 0; place < busPorts.Length; place++)
        {
            var lines = busPorts.Select((bus, other) =>
            {
                var myself = other == place ? "myself," : "";
                var role = other < Primaries ? $"{myself}master -" : $"{myself}slave {Id(other - Primaries)}";
                var slots = other < Primaries ? $" {Slots * other / Primaries}-{(Slots * (other + 1) / Primaries) - 1}" : "";
                return $"{Id(other)} 127.0.0.1:{_nodes[other].Port}@{bus} {role} 0 0 {(other % Primaries) + 1} connected{slots}";
            });
            await File.WriteAllLinesAsync(
                Path.Combine(_folder.Path, $"nodes-{place}.conf"), [.. lines, $"vars currentEpoch {Primaries} lastVoteEpoch 0"]);
        }

        await Task.WhenAll(_nodes.Select(node => node.RestartAsync()));
        await SettledAsync();
    }
}
