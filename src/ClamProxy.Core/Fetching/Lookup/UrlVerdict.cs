using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What is recorded of an URL.</summary>
/// <param name="Cache">ByUrl, or why there is nothing that counts.</param>
/// <param name="Url">What it led to; null: nothing that counts.</param>
/// <param name="Content">The verdict of that; null: nothing that counts.</param>
internal readonly record struct UrlVerdict(CacheOutcome Cache, UrlRecord? Url = null, ContentRecord? Content = null)
{
    /// <summary>The fields that the URL's answers vary by; null: none.</summary>
    public IReadOnlyList<string>? Varies { get; init; }
}
