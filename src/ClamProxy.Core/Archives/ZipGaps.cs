using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>What no directory of a file lists. Readers that stream (Java's JarInputStream, bsdtar from a pipe) take members as they come,
/// and see those that lie there; the scanner goes by the directory.</summary>
internal static class ZipGaps
{
    /// <param name="covered">What members, directories and ends take.</param>
    /// <exception cref="ArchiveTroubleException">There is a member in one of them.</exception>
    public static async Task RefuseMembersAsync(IContentReader content, List<(long Start, long End)> covered, CancellationToken cancellationToken)
    {
        covered.Sort();
        // What is in front of an archive is nobody's member, unless it looks like the archive itself.
        var at = await BeginsAsZipAsync(content, cancellationToken) ? 0 : covered[0].Start;
        covered.Add((content.Length, content.Length));
        foreach (var (start, end) in covered)
        {
            if (start > at && await MarkSearch.HoldsMemberAsync(content, at, start, cancellationToken))
            {
                throw ZipDirectory.Broken("it holds a member that its directory does not list");
            }

            at = Math.Max(at, end);
        }
    }

    private static async Task<bool> BeginsAsZipAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var mark = new byte[2];
        return await content.FillAsync(0, mark, cancellationToken) == mark.Length && mark.AsSpan().SequenceEqual("PK"u8);
    }
}
