using ClamProxy.Warming;

namespace ClamProxy.Scans;

/// <summary>One content that <c>clamproxy scan</c> is to have scanned.</summary>
/// <param name="Name">What it is called in results; no query string.</param>
internal abstract record ScanTarget(string Name)
{
    /// <summary>A file of this machine.</summary>
    public sealed record File(string Path) : ScanTarget(Path);

    /// <summary>What a web server has.</summary>
    public sealed record Web(WebUrl Url) : ScanTarget(Url.TextWithoutQuery);

    /// <summary>What is piped in.</summary>
    public sealed record Input() : ScanTarget("-");

    /// <summary>An object of a bucket.</summary>
    public sealed record Stored(string Bucket, string Key) : ScanTarget($"s3://{Bucket}/{Key}");

    /// <summary>Something that cannot be read: never left out in silence.</summary>
    /// <param name="Name">Its path.</param>
    /// <param name="Problem">Why, in one sentence.</param>
    public sealed record Unreadable(string Name, string Problem) : ScanTarget(Name);
}
