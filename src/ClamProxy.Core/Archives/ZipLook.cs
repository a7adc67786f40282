using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.ZipFormat;

namespace ClamProxy.Core.Archives;

/// <summary>One look into one file: its zip directories, and those of the zips in it, against what the scanner was shown to do. It counts
/// over all of them.</summary>
internal sealed class ZipLook(ArchiveOptions options, ArchiveLimits limits, SemaphoreSlim room) : IDisposable
{
    private const int MostHidden = 4;

    private readonly MemberInflater _inflater = new(options, room);
    private int _members;
    private ulong _total;

    /// <returns>Archives that do not begin at the file's first byte.</returns>
    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public async Task<IReadOnlyList<HiddenArchive>> RunAsync(IContentReader content, int depth, CancellationToken cancellationToken)
    {
        if (depth > options.MaxDepth) throw ArchiveTroubleException.TooMuch($"zips lie in it {options.MaxDepth} deep (ClamProxy:Archives:MaxDepth)");
        await TwoFormats.RefuseAsync(content, 0, cancellationToken);
        var archives = new List<(long First, ZipEnd End)>();
        foreach (var end in await new ZipEnds(content).FindAsync(cancellationToken))
        {
            archives.Add((await CheckAsync(content, end, depth, cancellationToken), end));
        }

        if (archives.TrueForAll(archive => archive.First > 0) && await ZipMemberData.IsLocalAsync(content, cancellationToken))
        {
            throw ZipDirectory.Broken("its directory is missing or lists nothing of what it begins with");
        }

        var hidden = Hidden(archives, content.Length);
        // Each is a scan of its own: a file with more of them only makes work.
        return hidden.Count <= MostHidden ? hidden : throw ZipDirectory.Broken($"more than {MostHidden} archives lie behind one another in it");
    }

    public void Dispose() => _inflater.Dispose();

    /// <summary>A scanner opens the last archive, if the file begins with one. One that lies between the members of another is a member of
    /// it.</summary>
    private static List<HiddenArchive> Hidden(List<(long First, ZipEnd End)> archives, long length)
    {
        var last = archives.Count == 0 ? 0 : archives.Max(archive => archive.End.EndsAt);
        return
        [
            .. archives
                .Where(one => one.First > 0 || one.End.EndsAt < last)
                .Where(one => !archives.Exists(other =>
                    other.First < one.First && one.End.DirectoryAt + one.End.DirectoryLength <= other.End.DirectoryAt))
                .Select(one => new HiddenArchive(one.End.Start, one.First, one.End.EndsAt == last ? length : one.End.EndsAt))
                .Distinct(),
        ];
    }

    /// <returns>Where its first member is; 0 where it has none.</returns>
    private async Task<long> CheckAsync(IContentReader content, ZipEnd end, int depth, CancellationToken cancellationToken)
    {
        if (end.DirectoryLength > options.MaxDirectory) throw ArchiveTroubleException.TooMuch("its directory is longer than ClamProxy:Archives:MaxDirectory");
        // clamd 1.4 finds no directory then, and answers OK.
        if (end.IsLong) throw ArchiveTroubleException.TooMuch("the scanner does not read zips whose directory has an end of 64 bits");
        var first = ulong.MaxValue;
        ulong packed = 0;
        await foreach (var member in ZipDirectory.ReadAsync(content, end, cancellationToken))
        {
            Check(member);
            packed += member.Packed;
            if (packed > (ulong)content.Length) throw ZipDirectory.Broken("its members overlap");
            var data = await ZipMemberData.FindAsync(content, end, member, cancellationToken);
            first = Math.Min(first, member.LocalAt);
            await LookInsideAsync(data, member, depth, cancellationToken);
        }

        if (first is > 0 and < MarkLength) throw ZipDirectory.Broken("it begins with less than a member");
        if (first == ulong.MaxValue) return 0;
        if (first == 0 && end.Start > 0) await TwoFormats.RefuseAsync(content, end.Start, cancellationToken);
        return end.Start + (long)first;
    }

    private void Check(ZipMember member)
    {
        if (++_members > options.MaxMembers) throw ArchiveTroubleException.TooMuch($"it has more than {options.MaxMembers} members (ClamProxy:Archives:MaxMembers)");
        if (IsEncrypted(member.Flags)) throw new ArchiveTroubleException(ArchiveTrouble.Encrypted, "A member of it is encrypted: the scanner cannot look inside.");
        if (!IsOpened(member.Method)) throw ArchiveTroubleException.TooMuch($"the scanner does not open the compression of a member (method {member.Method})");
        // It takes them for 4 GB, and passes over the member.
        if (member.IsWide) throw ArchiveTroubleException.TooMuch("the scanner does not read a member's sizes of 64 bits");
        var size = Math.Max(member.Length, member.Packed);
        if (size > (ulong)limits.Member) throw ArchiveTroubleException.TooLarge("A member of it is", size, limits.Member);
        _total += size;
        if (_total > (ulong)limits.Total) throw ArchiveTroubleException.TooLarge("Its members together are", _total, limits.Total);
    }

    /// <summary>Follows a member that is a zip itself, and measures one that could be longer than it says.</summary>
    private async Task LookInsideAsync(ContentWindow data, ZipMember member, int depth, CancellationToken cancellationToken)
    {
        IContentReader? inner = null;
        if (member.Method == Stored)
        {
            if (member.Packed != member.Length) throw ZipDirectory.Broken("a member that is not compressed has two lengths");
            inner = await ZipMemberData.IsLocalAsync(data, cancellationToken) ? data : null;
        }
        else if (member.Method == Deflated)
        {
            if (await _inflater.IsZipAsync(data, member, cancellationToken)) inner = await _inflater.InflateAsync(data, member, cancellationToken);
            else if (MemberInflater.Longest(member.Packed) > (ulong)limits.Member) await MemberInflater.MeasureAsync(data, member, cancellationToken);
        }

        if (inner is not null && (await RunAsync(inner, depth + 1, cancellationToken)).Count > 0)
        {
            throw ZipDirectory.Broken("a zip in it has something else in front");
        }
    }
}
