using ClamProxy.Core.Fetching;

namespace ClamProxy.Core.Uploads;

/// <summary>A request that may change something at upstream, with the body that it brings.</summary>
/// <param name="Gate">Where it goes, as whom, and the fields that go with it.</param>
/// <param name="Method">Such as PUT.</param>
public sealed record UploadRequest(GateRequest Gate, string Method)
{
    /// <summary>Its body as it comes; null: it brings none.</summary>
    public Stream? Body { get; init; }

    /// <summary>The body's announced length; null: none was announced.</summary>
    public long? Length { get; init; }

    /// <summary>The header fields that say what the body is, but its length.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> BodyFields { get; init; } = [];

    internal IEnumerable<string> All(string name) =>
        BodyFields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);
}
