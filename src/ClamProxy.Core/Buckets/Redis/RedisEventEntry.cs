using StackExchange.Redis;

namespace ClamProxy.Core.Buckets.Redis;

/// <summary>One entry of a stream: its only field is the message, or the one that is called so.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Body">The message; empty: there is none.</param>
/// <param name="Tries">How often it was tried before it was put into this stream.</param>
internal sealed record RedisEventEntry(string Id, byte[] Body, long Tries)
{
    private const string Message = "message";

    public static RedisEventEntry Of(StreamEntry entry)
    {
        var fields = entry.Values ?? [];
        var body = fields is [var only] ? only.Value : entry[Message];
        return new(entry.Id!, (byte[]?)body ?? [], entry["tries"].TryParse(out long tries) ? tries : 0);
    }

    /// <summary>The first entry of an answer to XREADGROUP, as either protocol writes it; null: there is none.</summary>
    public static RedisEventEntry? First(RedisResult answer)
    {
        // RESP2: [[stream, [[id, [field, value, …]]]]]; RESP3: {stream: [[id, …]]}, which the client gives as [stream, [[id, …]]].
        if (answer.IsNull || answer.Length == 0)
        {
            return null;
        }

        var entries = answer[0].Length == 2 && answer.Length == 1 ? answer[0][1] : answer[1];
        var entry = entries[0];
        var pairs = entry[1];
        var fields = new NameValueEntry[pairs.IsNull ? 0 : pairs.Length / 2];
        for (var number = 0; number < fields.Length; number++)
        {
            fields[number] = new((RedisValue)pairs[2 * number], (RedisValue)pairs[(2 * number) + 1]);
        }

        return Of(new StreamEntry((RedisValue)entry[0], fields));
    }
}
