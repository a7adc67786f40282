namespace ClamProxy.TestKit;

/// <summary>Real Redis servers that together are one Redis: a single one, one with Sentinels, a Cluster.</summary>
public interface IRedisServers
{
    /// <summary>The REDIS_URL that leads to them.</summary>
    string Url { get; }

    /// <summary>
    /// One command as redis-cli sends it, past the code under test, to the primary that has its key; the reply as text, nil as null.
    /// </summary>
    Task<string?> AskAsync(params string[] command);

    /// <summary>Removes all keys.</summary>
    Task EmptyAsync();
}
