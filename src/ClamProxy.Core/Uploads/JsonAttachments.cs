using System.Runtime.CompilerServices;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Finds the files in what <c>npm publish</c> sends: <c>{"_attachments": {"name-1.0.0.tgz": {"data": "…"}}}</c>. Every one that has the
/// names counts, wherever it stands, for of members with the same name some readers take the first and some the last. Nothing of the text
/// is kept but the names on the way to where the reader is.
/// </summary>
internal sealed class JsonAttachments(IContentReader body)
{
    private const int BlockBytes = 64 * 1024;

    /// <param name="mustBeJson">A text that is not well-formed is a failure; else it holds no files, unless it may hide them.</param>
    /// <exception cref="UnreadableBodyException">It is not well-formed, and must be.</exception>
    public async IAsyncEnumerable<UploadPart> FindAsync(bool mustBeJson, [EnumeratorCancellation] CancellationToken cancelled)
    {
        var (scan, block, found) = (new JsonScan(), new byte[BlockBytes], new List<UploadPart>());
        for (long offset = 0; scan.Problem is null;)
        {
            var read = await body.ReadAsync(offset, block, cancelled).ConfigureAwait(false);
            if (read == 0)
            {
                scan.Finish();
                break;
            }

            scan.Read(block.AsSpan(0, read), offset, found);
            foreach (var part in found)
            {
                yield return part;
            }

            found.Clear();
            offset += read;
        }

        if ((mustBeJson || scan.MayHideFiles) && scan.Problem is { } problem)
        {
            throw new UnreadableBodyException($"The body is JSON that not all readers understand alike: {problem}.");
        }
    }
}
