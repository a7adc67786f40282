using System.Collections.Frozen;
using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Files that are compressed themselves. Some servers call that a content coding (Apache's AddEncoding for .gz, crates with gzip): clients
/// that take no codings (apt, curl -O, pip) want the file as it came, and would not know it decoded.
/// </summary>
internal static class CompressedFiles
{
    private static readonly FrozenSet<string> Endings = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, ".apk", ".br", ".crate", ".gz", ".svgz", ".taz", ".tgz", ".tzst", ".zst");

    private static readonly FrozenSet<string> Types = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "application/gzip", "application/x-compressed", "application/x-gtar", "application/x-gzip", "application/x-tgz",
        "application/zstd");

    public static bool Contain(Target target, UpstreamHead head) =>
        Endings.Contains(Path.GetExtension(target.TextWithoutQuery))
        || Types.Contains(head.First("Content-Type")?.Split(';')[0].Trim() ?? "");
}
