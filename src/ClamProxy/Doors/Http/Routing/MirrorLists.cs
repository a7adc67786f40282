using ClamProxy.Core.Fetching;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>
/// Documents by which download tools fetch a file from elsewhere, known by the names and types that those tools know them by.
/// </summary>
internal static class MirrorLists
{
    private static readonly string[] MetalinkEndings = [".meta4", ".metalink"];

    /// <summary>A metalink (RFC 5854): it names mirrors.</summary>
    public static bool IsMetalink(string path, UpstreamHead head) => Has(path, head, "metalink", MetalinkEndings);

    /// <summary>A torrent: its file comes from peers.</summary>
    public static bool IsTorrent(string path, UpstreamHead head) => Has(path, head, "bittorrent", ".torrent");

    private static bool Has(string path, UpstreamHead head, string type, params string[] endings) =>
        Array.Exists(endings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        || Names(head.First("Content-Type"), type) || Names(head.First("Content-Disposition"), endings);

    private static bool Names(string? field, params string[] parts) =>
        field is not null && Array.Exists(parts, part => field.Contains(part, StringComparison.OrdinalIgnoreCase));
}
