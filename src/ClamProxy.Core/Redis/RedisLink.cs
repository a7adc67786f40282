using System.Net;
using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>The connections of one attempt: to the servers that hold data, and to the Sentinels where there are some.</summary>
internal sealed class RedisLink(RedisTopology topology, ConnectionMultiplexer servers, ConnectionMultiplexer? sentinels) : IAsyncDisposable
{
    private const int Slots = 16_384;

    public IDatabase Database => servers.GetDatabase();

    /// <summary>Why some keys can be neither read nor written; null: all can.</summary>
    public string? Problem => topology switch
    {
        RedisTopology.Standalone => !servers.IsConnected ? "not connected"
            : servers.GetServers().All(server => !server.IsConnected || server.IsReplica) ? "the server is a replica"
            : null,
        RedisTopology.Sentinel =>
            servers.GetServers().Any(server => server.IsConnected && !server.IsReplica) ? null : "no primary is connected",
        RedisTopology.Cluster => ProblemOfCluster(),
    };

    /// <summary>Closing waits for a peer that may be hung.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await servers.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        }
        finally
        {
            await (sentinels?.CloseAsync(allowCommandsToComplete: false) ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    // Each node tells its own view now and then: the best is the newest, for a view in which a dead node has slots is never whole.
    private string? ProblemOfCluster()
    {
        var connected = servers.GetServers().Where(server => server.IsConnected).ToList();
        var endPoints = connected.Select(server => server.EndPoint).ToHashSet();
        var served = connected.Select(
            server =>
                server.ClusterConfiguration).OfType<ClusterConfiguration>().Select(view => Served(view, endPoints)).DefaultIfEmpty().Max();
        return served == Slots ? null : $"{Slots - served} of {Slots} hash slots have no primary that is connected";
    }

    // A node that is alone does not know its own address: whoever told this view is connected, whatever it calls itself.
    private static int Served(ClusterConfiguration view, HashSet<EndPoint> connected) => view.Nodes
        .Where(node => !node.IsReplica && (node.IsMyself || (node.EndPoint is { } endPoint && connected.Contains(endPoint))))
        .Sum(node => node.Slots.Sum(range => range.To - range.From + 1));
}
