using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>A stored answer that may have changed since.</summary>
/// <param name="File">The file; its holder's to dispose of.</param>
/// <param name="Verdict">The newest verdict of it.</param>
/// <param name="Age">How long ago upstream last confirmed it; below zero where the clock was set back since.</param>
internal readonly record struct OldAnswer(StoredFile File, ContentRecord Verdict, TimeSpan Age)
{
    public UpstreamHead Head => UpstreamHead.Of(File.Head);

    public bool IsFresh(Freshness freshness) => Age >= TimeSpan.Zero && Age < freshness.FreshFor;

    public bool MayStandIn(Freshness freshness) => Age <= freshness.StaleIfError;
}
