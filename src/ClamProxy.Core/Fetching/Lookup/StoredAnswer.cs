using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>What the store has for an URL.</summary>
/// <param name="File">The file, if its verdict still counts, or where a stale one was asked for; the caller's to dispose of.</param>
/// <param name="Verdict">The newest verdict of the content; null: nothing is stored.</param>
/// <param name="IsCurrent">Whether the verdict still counts; false for a file that has to be scanned again.</param>
internal readonly record struct StoredAnswer(StoredFile? File, ContentRecord? Verdict, bool IsCurrent)
{
    /// <summary>The fields that it was found by besides those of the URL's own key; null: none.</summary>
    public IReadOnlyList<string>? Varies { get; init; }

    /// <summary>The file is there, but its signatures are old.</summary>
    public bool IsStale => Verdict is { Verdict: Verdicts.Verdict.Clean } && !IsCurrent;
}
