namespace ClamProxy.Core.Buckets;

/// <summary>Which conditions a store looks at.</summary>
/// <param name="OnPuts">If-Match and If-None-Match of what is put, at once and in parts.</param>
/// <param name="OnCopies">If-None-Match of what the store copies itself.</param>
/// <param name="OnDeletions">If-Match of what is deleted; where versions have ids, those name it.</param>
/// <param name="OnNewKeys">If-None-Match of what is put into the clean bucket.</param>
internal sealed record StoreConditions(bool OnPuts, bool OnCopies, bool OnDeletions, bool OnNewKeys)
{
    /// <summary>What AWS looks at.</summary>
    public static StoreConditions All { get; } = new(true, true, true, true);
}
