using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Store;

/// <summary>What upstream said before a stored body.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ReasonPhrase">The reason phrase; null when there was none.</param>
/// <param name="Headers">The header fields as they came, in their order.</param>
public sealed record StoredHead(int Status, string? ReasonPhrase, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The URL, without its query, that the answer came from after redirects; null: there were none.</summary>
    public string? RedirectedTo { get; init; }

    /// <summary>What the coded body decodes to, with the verdict that it was stored with; null: it has no codings.</summary>
    public DecodedContent? Decoded { get; init; }

    /// <summary>The head of a content that is not opened by an URL.</summary>
    internal static StoredHead None { get; } = new(200, null, []);
}
