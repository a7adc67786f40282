using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>What no directory of a file lists. Readers that stream (Java's JarInputStream, bsdtar from a pipe) take members as they come,
/// and see those that lie there; the scanner goes by the directory.</summary>
internal static class ZipGaps
{
    /// <summary>The marks of members and ends, and those of archives on several disks ("PK00": one disk was enough).</summary>
    private static readonly byte[][] Beginnings =
    [
        [.. "PK\u0003\u0004"u8], [.. "PK\u0001\u0002"u8], [.. "PK\u0005\u0006"u8], [.. "PK\u0006\u0006"u8],
        [.. "PK\u0007\u0008"u8],
        [.. "PK00"u8],
    ];

    /// <param name="covered">What members, directories and ends take.</param>
    /// <exception cref="ArchiveTroubleException">There is a member in one of them.</exception>
    public static async Task RefuseMembersAsync(
        IContentReader content, List<(long Start, long End)> covered, CancellationToken cancellationToken)
    {
        covered.Sort();
        covered.Add((content.Length, content.Length));
        // What is in front of an archive is nobody's member, unless it looks like the archive itself.
        var at = await BeginsAsZipAsync(content, cancellationToken).ConfigureAwait(false) ? 0 : covered[0].Start;
        foreach (var (start, end) in covered)
        {
            if (start > at && await MarkSearch.HoldsMemberAsync(content, at, start, cancellationToken).ConfigureAwait(false))
            {
                throw ZipDirectory.Broken("it holds a member that its directory does not list");
            }

            at = Math.Max(at, end);
        }
    }

    /// <summary>Whether bsdtar or 7-Zip take what begins so for a zip, wherever its first member is.</summary>
    public static bool BeginsAsZip(ReadOnlySpan<byte> head) => head.StartsWithOneOf(Beginnings);

    private static async Task<bool> BeginsAsZipAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var mark = new byte[ZipFormat.MarkLength];
        return await content.FillAsync(0, mark, cancellationToken).ConfigureAwait(false) == mark.Length && BeginsAsZip(mark);
    }
}
