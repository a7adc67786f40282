namespace ClamProxy.TestKit;

/// <summary>An object of a <see cref="FakeS3"/>.</summary>
/// <param name="Bytes">Its content.</param>
public sealed record FakeS3Object(byte[] Bytes)
{
    /// <summary>As the store writes it: in quotes, another one for each put.</summary>
    public string ETag { get; } = $"\"{Guid.NewGuid():N}-1\"";

    public DateTimeOffset At { get; } = TimeProvider.System.GetUtcNow();

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Its type and its metadata, by the names of the header fields that they are sent in.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>After how many bytes each connection breaks that it is read by; null: none does.</summary>
    public int? CutAfter { get; init; }
}
