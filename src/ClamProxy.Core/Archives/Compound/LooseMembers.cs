using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Compound;

/// <summary>
/// Has every member of a zip scanned that begins anywhere in a content, whatever its directories say: where an archive's sectors are not
/// neighbours, a reader that takes the file for a zip finds some members, and no scanner knows which. A member's own header is what each
/// reader needs.
/// </summary>
internal sealed class LooseMembers(
    ArchiveLimits limits, InspectionTally tally, MemberInflater inflater, MemberLook inside, Func<PrefixedContent, Task> scan)
{
    /// <summary>Each is scanned up to the file's end: its length stands in directories too.</summary>
    private const int MostStored = 64;

    private int _stored;

    /// <exception cref="ArchiveTroubleException">One cannot be scanned.</exception>
    public async Task RunAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var header = new byte[LocalLength];
        long at = 0;
        while (await MarkSearch.NextMemberAsync(content, at, cancellationToken).ConfigureAwait(false) is { } found)
        {
            at = found + 1;
            if (await content.FillAsync(found, header, cancellationToken).ConfigureAwait(false) < LocalLength)
            {
                return;
            }

            var dataAt = found + LocalLength
                + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
            if (dataAt < content.Length)
            {
                var data = new ContentWindow(content, dataAt, content.Length - dataAt);
                await LookAsync(header, data, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task LookAsync(byte[] header, ContentWindow data, CancellationToken cancellationToken)
    {
        if (IsEncrypted(BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6))))
        {
            tally.Skip(ArchiveTroubleException.Encrypted());
            return;
        }

        var method = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8));
        if (method == Deflated)
        {
            await LookIntoDeflatedAsync(data, cancellationToken).ConfigureAwait(false);
        }
        else if (method == Stored && ++_stored <= MostStored)
        {
            await scan(PrefixedContent.Bare().Add(() => new ContentStream(data), data.Length)).ConfigureAwait(false);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18));
            var whole = new ContentWindow(data, 0, Math.Min(length, data.Length));
            await inside(
                whole, await inflater.LookAsync(whole, cancellationToken).ConfigureAwait(false), MemberPlace.Layer).ConfigureAwait(false);
        }
        else
        {
            throw ArchiveTroubleException.NotOpened($"parts of archives in it lie apart, with a member of method {method}");
        }
    }

    /// <summary>Its end is in its data; where they break off, a reader has what was before.</summary>
    private async Task LookIntoDeflatedAsync(ContentWindow data, CancellationToken cancellationToken)
    {
        var member = await PartialInflation.MeasureAsync(data, limits.Member, cancellationToken).ConfigureAwait(false);
        if (member.Length == 0)
        {
            return;
        }

        await scan(PrefixedContent.Bare().Add(member.Open, member.Length)).ConfigureAwait(false);
        if (member.Kind is MemberKind.Other || inflater.LengthToKeep(member.Length, member.Kind) is not { } kept)
        {
            return;
        }

        var unpacked = member.Open();
        await using var _ = unpacked.ConfigureAwait(false);
        var bytes = await inflater.KeepAsync(unpacked, kept, cancellationToken).ConfigureAwait(false);
        try
        {
            await inside(bytes, member.Kind, MemberPlace.Layer).ConfigureAwait(false);
        }
        finally
        {
            inflater.LetGo(bytes);
        }
    }
}
