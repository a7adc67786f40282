namespace ClamProxy.Core.Buckets;

/// <summary>Which conditions a store looks at.</summary>
/// <param name="OnPuts">If-Match and If-None-Match of what is put, at once and in parts.</param>
/// <param name="OnDeletions">If-Match of what is deleted; where versions have ids, those name it.</param>
internal sealed record StoreConditions(bool OnPuts, bool OnDeletions);
