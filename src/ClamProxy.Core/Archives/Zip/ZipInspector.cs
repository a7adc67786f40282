using ClamProxy.Core.Archives.Compressed;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>Goes through a zip's directory and looks at each of its members, for what the scanner passes over there.</summary>
/// <param name="inside">Looks into a member that is an archive itself.</param>
/// <param name="scanPrefixed">Has contents scanned that the scanner may take for something else.</param>
internal sealed class ZipInspector(
    ArchiveOptions options,
    ArchiveLimits limits,
    InspectionTally tally,
    MemberInflater inflater,
    MemberLook inside,
    Func<PrefixedContent, Task> scanPrefixed)
{
    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public async Task<ZipFound> RunAsync(IContentReader content, ZipEnd end, CancellationToken cancellationToken)
    {
        if (end.DirectoryLength > options.MaxDirectory)
        {
            throw ArchiveTroubleException.TooMuch("its directory is longer than ClamProxy:Archives:MaxDirectory");
        }

        var first = ulong.MaxValue;
        var found = new ZipFound(end);
        var texts = new PrefixedTexts(limits.Member, scanPrefixed);
        await foreach (var member in ZipDirectory.ReadAsync(content, end, cancellationToken).ConfigureAwait(false))
        {
            var isSeen = Check(member);
            if (found.Packed + member.Packed > (ulong)content.Length)
            {
                throw ZipDirectory.Broken("its members overlap");
            }

            var local = await ZipMemberData.FindAsync(content, end, member, cancellationToken).ConfigureAwait(false);
            found.Add(member, local);
            first = Math.Min(first, member.LocalAt);
            if (isSeen)
            {
                await LookAsync(local, member, texts, cancellationToken).ConfigureAwait(false);
            }
        }

        await texts.FinishAsync().ConfigureAwait(false);
        if (first is > 0 and < MarkLength)
        {
            throw ZipDirectory.Broken("it begins with less than a member");
        }

        if (first == ulong.MaxValue)
        {
            return found;
        }

        // A scan of it by itself would have zeros where the directory is.
        if ((ulong)end.DirectoryAt < (ulong)end.Start + first)
        {
            throw ZipDirectory.Broken("its directory lies in front of its members");
        }

        if (first == 0 && end.Start > 0)
        {
            await PolyglotCheck.RefuseAsync(content, end.Start, cancellationToken).ConfigureAwait(false);
        }

        if (first > 0)
        {
            await PolyglotCheck.RefuseHiddenAsync(content, end.Start, (long)first, cancellationToken).ConfigureAwait(false);
        }

        found.First = end.Start + (long)first;
        return found;
    }

    /// <returns>Whether the scanner looks at it.</returns>
    private bool Check(ZipMember member)
    {
        if (++tally.Members > options.MaxMembers)
        {
            throw ArchiveTroubleException.TooMuch($"it has more than {options.MaxMembers} members (ClamProxy:Archives:MaxMembers)");
        }

        if (!IsOpened(member.Method) && !IsEncrypted(member.Flags))
        {
            throw ArchiveTroubleException.NotOpened($"the scanner does not open the compression of a member (method {member.Method})");
        }

        // It would take them for 4 GB, and pass over the member.
        if (member.NeedsWide)
        {
            throw ArchiveTroubleException.NotOpened("the scanner does not read a member's sizes of 64 bits");
        }

        var size = Math.Max(member.Length, member.Packed);
        tally.Total += size;
        var notSeen = IsEncrypted(member.Flags)
            ? ArchiveTroubleException.Encrypted()
            : size > (ulong)limits.Member ? ArchiveTroubleException.TooLarge("A member of it is", size, limits.Member)
            : tally.Total > (ulong)limits.Total ? ArchiveTroubleException.TooLarge("Its members together are", tally.Total, limits.Total)
            : null;
        if (notSeen is null)
        {
            tally.Largest = Math.Max(tally.Largest, size);
            return true;
        }

        tally.Skip(notSeen);
        return false;
    }

    private async Task LookAsync(ZipLocal local, ZipMember member, PrefixedTexts texts, CancellationToken cancellationToken)
    {
        var data = local.Data;
        if (member.Method == Stored)
        {
            if (member.Packed != member.Length)
            {
                throw ZipDirectory.Broken("a member that is not compressed has two lengths");
            }

            if (local.HasDescriptor && await MarkSearch.HoldsItsEndAsync(data, cancellationToken).ConfigureAwait(false))
            {
                throw ZipDirectory.Broken("a member that is not compressed has two ends");
            }

            var kind = await inflater.LookAsync(data, cancellationToken).ConfigureAwait(false);
            await inside(data, kind, MemberPlace.File).ConfigureAwait(false);
        }
        else if (member.Method == Deflated)
        {
            var (kind, isPassedOver) = await inflater.PassAsync(data, member, cancellationToken).ConfigureAwait(false);
            if (isPassedOver)
            {
                await texts.AddAsync(() => MemberInflater.Open(data), (long)member.Length).ConfigureAwait(false);
            }

            if (kind is MemberKind.Other)
            {
                return;
            }

            if (await inflater.InflateAsync(data, member, kind, cancellationToken).ConfigureAwait(false) is not { } unpacked)
            {
                return;
            }

            try
            {
                await inside(unpacked, kind, MemberPlace.File).ConfigureAwait(false);
            }
            finally
            {
                inflater.LetGo(unpacked);
            }
        }
        else
        {
            if (member.Method == Bzipped)
            {
                await Bzip2Streams.RefuseSeveralAsync(data, cancellationToken).ConfigureAwait(false);
            }

            if (local.HasDescriptor && await MarkSearch.HoldsMemberAsync(data, 0, data.Length, cancellationToken).ConfigureAwait(false))
            {
                throw ZipDirectory.Broken("another member may follow the end of a member's stream");
            }
        }
    }
}
