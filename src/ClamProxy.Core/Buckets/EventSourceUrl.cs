using System.Text.RegularExpressions;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Redis;

namespace ClamProxy.Core.Buckets;

/// <summary>What announces a flow's objects, if it is no queue of SQS; exactly one of the kinds nested here.</summary>
internal abstract partial record EventSourceUrl
{
    public const string Takes = "takes redis://host:port/db?stream=key, redis://host:port/db?list=key, kafka://host:port/topic or webhook";
    public const string WebhookName = "webhook";
    private const string StreamName = "stream=";
    private const string ListName = "list=";
    private const int MostKey = 512;

    private EventSourceUrl()
    {
    }

    /// <summary>A stream, or a list as MinIO's format <c>access</c> fills it.</summary>
    public sealed record RedisKey(RedisAddress Address, string Key, bool IsList) : EventSourceUrl;

    /// <param name="Servers">Hosts and ports, separated by commas.</param>
    public sealed record KafkaTopic(string Servers, string Topic) : EventSourceUrl;

    /// <summary>Requests to <c>POST /events</c>.</summary>
    public sealed record Webhook : EventSourceUrl;

    /// <returns>The source, or else what is wrong, in words that hold nothing of the text.</returns>
    public static (EventSourceUrl? Source, string? Problem) Parse(string text) =>
        text == WebhookName ? (new Webhook(), null)
        : KafkaServers.IsUrl(text) ? ParseKafka(text)
        : ParseRedis(text);

    /// <summary>The text without what may be a password.</summary>
    public static string Masked(string text) =>
        KafkaServers.IsUrl(text) ? KafkaServers.Masked(text)
        : text.Contains("://", StringComparison.Ordinal) ? RedisAddress.MaskUrl(text)
        : text;

    private static (EventSourceUrl? Source, string? Problem) ParseKafka(string text)
    {
        var slash = text.IndexOf('/', KafkaServers.Scheme.Length);
        var topic = slash < 0 ? "" : text[(slash + 1)..];
        if (!TopicName.IsMatch(topic))
        {
            return (null, "behind the servers stands a topic of up to 200 letters, digits, dots, _ and -");
        }

        var (servers, problem) = KafkaServers.Parse(text[..slash]);
        return servers is null ? (null, problem) : (new KafkaTopic(servers, topic), null);
    }

    private static (EventSourceUrl? Source, string? Problem) ParseRedis(string text)
    {
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var parts = query < 0 ? [] : text[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).ToList();
        var keys = parts.Where(part => part.StartsWith(StreamName, StringComparison.Ordinal)
            || part.StartsWith(ListName, StringComparison.Ordinal)).ToList();
        var others = parts.Except(keys).ToList();
        var url = (query < 0 ? text : text[..query]) + (others.Count > 0 ? $"?{string.Join('&', others)}" : "");
        var (address, problem) = RedisUrl.Parse(url);
        if (address is null)
        {
            return (null, problem);
        }

        var key = keys is [var one] ? Uri.UnescapeDataString(one[(one.IndexOf('=', StringComparison.Ordinal) + 1)..]) : "";
        return key.Length is 0 or > MostKey
            ? (null, "behind a ? stands either stream= or list= and a key of up to 512 characters")
            : (new RedisKey(address, key, keys[0].StartsWith(ListName, StringComparison.Ordinal)), null);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}\z")]
    private static partial Regex TopicName { get; }
}
