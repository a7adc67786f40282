using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Lookup;

/// <summary>A stored answer that may have changed since.</summary>
/// <param name="File">The file; its holder's to dispose of.</param>
/// <param name="Verdict">The newest verdict of it.</param>
/// <param name="Reuse">What may be done with it for the request that found it.</param>
internal readonly record struct OldAnswer(StoredFile File, ContentRecord Verdict, Reuse Reuse)
{
    public UpstreamHead Head => UpstreamHead.Of(File.Head);
}
