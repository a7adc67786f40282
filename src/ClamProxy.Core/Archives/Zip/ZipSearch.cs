using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>Looks into every zip that some reader could find in a file.</summary>
/// <param name="look">Goes through one.</param>
/// <param name="scan">Has one scanned by itself.</param>
/// <param name="mostEmbedded">The most archives that may lie behind one another: each is a scan of its own.</param>
internal sealed class ZipSearch(ZipInspector look, Func<IContentReader, EmbeddedArchive, Task> scan, int mostEmbedded)
{
    /// <summary>More of them only make work.</summary>
    public const int MostEmbedded = 4;

    /// <summary>A presentation of PowerPoint holds a dozen small ones.</summary>
    public const int MostInADocument = 64;

    /// <summary>How often the file's bytes may be named by directories that share them, or be scanned for archives that do.</summary>
    private const long MostReadings = 4;

    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public Task RunAsync(IContentReader content, CancellationToken cancellationToken) =>
        RunAsync(content, _ => false, cancellationToken);

    /// <param name="isElsewhere">Whether a place of the file is somebody else's business.</param>
    public async Task RunAsync(IContentReader content, Predicate<long> isElsewhere, CancellationToken cancellationToken)
    {
        var archives = new List<ZipFound>();
        long packed = 0;
        var ends = new ZipEnds(content).FindAsync(
            at => isElsewhere(at) || archives.Exists(one => one.HoldsForAll(at)), cancellationToken);
        await foreach (var end in ends.ConfigureAwait(false))
        {
            var found = await look.RunAsync(content, end, cancellationToken).ConfigureAwait(false);
            archives.Add(found);
            packed += (long)found.Packed;
            if (packed > MostReadings * content.Length)
            {
                throw ZipDirectory.Broken("its directories name the same members again and again");
            }
        }

        if (archives.TrueForAll(archive => archive.First > 0)
            && await ZipMemberData.IsLocalAsync(content, cancellationToken).ConfigureAwait(false))
        {
            throw ZipDirectory.Broken("its directory is missing or lists nothing of what it begins with");
        }

        await ZipGaps.RefuseMembersAsync(
            content, [.. archives.SelectMany(archive => archive.Covered)], cancellationToken).ConfigureAwait(false);
        var embedded = ZipFound.Embedded(archives, content.Length);
        if (embedded.Count > mostEmbedded)
        {
            throw ZipDirectory.Broken($"more than {mostEmbedded} archives lie behind one another in it");
        }

        if (embedded.Sum(archive => archive.Length) > MostReadings * content.Length)
        {
            throw ZipDirectory.Broken("the archives behind one another in it share most of its bytes");
        }

        foreach (var archive in embedded)
        {
            await scan(content, archive).ConfigureAwait(false);
        }
    }
}
