using ClamProxy.Core.Admission;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Policies;

namespace ClamProxy.Core.Scanning;

/// <summary>
/// What a door says of a content that is to be scanned. By default it is a plain content that nobody in particular sends, of which
/// earlier verdicts count.
/// </summary>
/// <param name="Name">What logs call it: a URL without its query, <c>s3://bucket/key</c>, an upload's id. No secret.</param>
public sealed record ScanSubject(string Name)
{
    /// <summary>Who waits for the verdict: clients take turns at the scanners.</summary>
    public WaitingClients Clients { get; init; } = WaitingClients.Of(null);

    /// <summary>
    /// How it is coded. A coded body is scanned as it came and decoded: its hash says nothing of what a client decodes from it (decision
    /// 0083).
    /// </summary>
    public ContentCodings Codings { get; init; } = ContentCodings.None;

    /// <summary>
    /// Whether the verdict of an earlier scan of the same bytes counts, and so that of one that is under way (decision 0047).
    /// </summary>
    public bool MayReuse { get; init; } = true;

    /// <summary>Whether the verdict is kept by the content's hash, for every door.</summary>
    public bool MayRecord { get; init; } = true;

    /// <summary>
    /// The URL without its query that it comes from, which exceptions are matched with; null where there is none. Never text of a
    /// client's choosing.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What becomes of it where it cannot be scanned as a whole; null: as <see cref="PolicyOptions"/> says.</summary>
    public UnscannablePolicy? Policy { get; init; }

    /// <summary>The door that it came by, for whoever looks at what is under way; null: nobody says.</summary>
    public string? Door { get; init; }

    /// <summary>Nobody waits for it: it is scanned while the scanners are idle.</summary>
    public bool IsBackground { get; init; }
}
