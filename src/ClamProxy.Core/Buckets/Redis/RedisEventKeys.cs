namespace ClamProxy.Core.Buckets.Redis;

/// <summary>
/// The keys of one flow beside the stream or list that the store fills. All are in that one's hash slot, so that scripts may use several.
/// </summary>
internal sealed class RedisEventKeys
{
    public RedisEventKeys(string key, string flow)
    {
        Given = key;
        Group = $"clamproxy-{flow}";
        var tagged = key.Contains('{', StringComparison.Ordinal) ? key : $"{{{key}}}";
        Again = $"{tagged}:{Group}";
    }

    /// <summary>What the store fills.</summary>
    public string Given { get; }

    /// <summary>The consumer group: processes with a flow of the same name share its messages.</summary>
    public string Group { get; }

    /// <summary>A stream of messages that are tried again, and of those of a list.</summary>
    public string Again { get; }

    /// <summary>A sorted set of messages that rest before they are tried again, by when that is.</summary>
    public string Resting => $"{Again}:resting";

    /// <summary>A list of what was taken from the list and is not in the stream yet.</summary>
    public string Arrived => $"{Again}:arrived";

    /// <summary>The stream of messages that are set aside.</summary>
    public string Dead => $"{Again}:dead";
}
