using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>A server that answers, and says that it is not the one to ask, or not yet.</summary>
internal static class RedisRefusal
{
    private static readonly string[] Words =
    [
        // A replica; a replica without its primary; a server that reads its file; a Cluster without some of its slots.
        "READONLY", "MASTERDOWN", "LOADING", "CLUSTERDOWN",
    ];

    public static bool Is(Exception exception) => exception is RedisServerException { Message: var message }
        && Words.Any(word => message.StartsWith(word, StringComparison.Ordinal));
}
