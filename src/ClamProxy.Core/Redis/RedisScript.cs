using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>A few commands that Redis carries out as one. Not the client's transactions: those watch a key, which takes two round trips and
/// holds up all other callers of the connection for the first of them.</summary>
internal static class RedisScript
{
    /// <remarks>The text is sent each time: after a restart the server would not know its digest, and the call would fail.</remarks>
    public static async Task<byte[]?> RunAsync(this IDatabase redis, string script, RedisKey[] keys, RedisValue[] arguments) =>
        (byte[]?)await redis.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.NoScriptCache).ConfigureAwait(false);
}
