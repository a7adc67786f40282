using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.ZipFormat;

namespace ClamProxy.Core.Archives;

/// <summary>One look into one file: its zip directories, and those of the zips in it, against what the scanner was shown to do. It counts
/// over all of them.</summary>
/// <param name="scan">Scans an archive that the scanner may not have opened, in the content that holds it; what comes back is what the scanner that called
/// it clean was shown to look at, null if none did.</param>
/// <param name="scanFronted">The same of contents that the scanner may take for something else.</param>
internal sealed class ZipLook(
    ArchiveOptions options, ArchiveLimits limits, LookRoom room, Func<IContentReader, HiddenArchive, Task<ArchiveLimits?>> scan, Func<Fronted, Task<ArchiveLimits?>> scanFronted)
{
    /// <summary>Each is a scan of its own: more of them only make work.</summary>
    private const int MostHiddenInOne = 4;

    private const int MostHidden = 256;

    /// <summary>A zip of jars, each with a page in it, has hundreds.</summary>
    private const int MostFronted = 4096;

    /// <summary>How often the file's bytes may be named by directories that share them.</summary>
    private const ulong MostReadings = 4;

    private readonly MemberInflater _inflater = new(options, room);
    private int _members;
    private int _hidden;
    private int _fronted;
    private ulong _total;
    private ulong _largest;
    private ArchiveTroubleException? _notSeen;

    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public async Task RunAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var head = new byte[PassedOver.HeadLength];
        var length = await content.FillAsync(0, head, cancellationToken);
        if (PassedOver.Begins(head.AsSpan(0, length))) await ScanFrontedAsync(Fronted.Text().Add(() => new ContentStream(content), content.Length));
        await RunAsync(content, 1, cancellationToken);
        if (_notSeen is not null) throw _notSeen;
    }

    private async Task RunAsync(IContentReader content, int depth, CancellationToken cancellationToken)
    {
        if (depth > options.MaxDepth) throw ArchiveTroubleException.TooMuch($"archives lie in it {options.MaxDepth} deep (ClamProxy:Archives:MaxDepth)");
        await TwoFormats.RefuseAsync(content, 0, cancellationToken);
        await CabinetDirectory.CheckAsync(content, limits, cancellationToken);
        await new PackedLook(limits, _inflater, (inner, kind) => LookInsideAsync(inner, kind, depth, cancellationToken), ScanAsync, ScanFrontedAsync).RunAsync(content, cancellationToken);
        var archives = new List<ZipFound>();
        ulong packed = 0;
        foreach (var end in await new ZipEnds(content).FindAsync(cancellationToken))
        {
            var found = await CheckAsync(content, end, depth, cancellationToken);
            archives.Add(found);
            packed += found.Packed;
            if (packed > MostReadings * (ulong)content.Length) throw ZipDirectory.Broken("its directories name the same members again and again");
        }

        if (archives.TrueForAll(archive => archive.First > 0) && await ZipMemberData.IsLocalAsync(content, cancellationToken))
        {
            throw ZipDirectory.Broken("its directory is missing or lists nothing of what it begins with");
        }

        if (archives.Count > 0) await ZipGaps.RefuseMembersAsync(content, [.. archives.SelectMany(archive => archive.Covered)], cancellationToken);
        await ScanHiddenAsync(content, archives);
    }

    private async Task ScanHiddenAsync(IContentReader content, List<ZipFound> archives)
    {
        var hidden = ZipFound.Hidden(archives, content.Length);
        if (hidden.Count > MostHiddenInOne) throw ZipDirectory.Broken($"more than {MostHiddenInOne} archives lie behind one another in it");
        foreach (var archive in hidden) await ScanAsync(content, archive);
    }

    private async Task ScanAsync(IContentReader content, HiddenArchive archive)
    {
        if (++_hidden > MostHidden) throw ArchiveTroubleException.TooMuch($"more than {MostHidden} archives in it have to be scanned by themselves");
        if (await scan(content, archive) is { } shown) Judge(archive, shown);
    }

    private async Task ScanFrontedAsync(Fronted form)
    {
        if (++_fronted > MostFronted) throw ArchiveTroubleException.TooMuch($"more than {MostFronted} parts of it may be taken for something else");
        if (await scanFronted(form) is { } shown && form.Length > shown.Member) throw ArchiveTroubleException.TooLarge("A part of it that the scanner may take for something else is", (ulong)form.Length, shown.Member);
    }

    /// <summary>Another scanner may have said OK to a hidden archive than to the whole: it has limits of its own. That what was looked at so far is
    /// more than the archive holds makes it stricter only.</summary>
    private void Judge(HiddenArchive archive, ArchiveLimits shown)
    {
        var total = Math.Max(_total, (ulong)archive.Length);
        if (_largest > (ulong)shown.Member) throw ArchiveTroubleException.TooLarge("A member of an archive in it is", _largest, shown.Member);
        if (total > (ulong)shown.Total) throw ArchiveTroubleException.TooLarge("An archive in it is", total, shown.Total);
    }

    private async Task<ZipFound> CheckAsync(IContentReader content, ZipEnd end, int depth, CancellationToken cancellationToken)
    {
        if (end.DirectoryLength > options.MaxDirectory) throw ArchiveTroubleException.TooMuch("its directory is longer than ClamProxy:Archives:MaxDirectory");
        // clamd 1.4 finds no directory then, and answers OK.
        if (end.IsLong) throw ArchiveTroubleException.TooMuch("the scanner does not read zips whose directory has an end of 64 bits");
        var first = ulong.MaxValue;
        var found = new ZipFound(end);
        var texts = new FrontedTexts(limits.Member, ScanFrontedAsync);
        await foreach (var member in ZipDirectory.ReadAsync(content, end, cancellationToken))
        {
            var isSeen = Check(member);
            if (found.Packed + member.Packed > (ulong)content.Length) throw ZipDirectory.Broken("its members overlap");
            var local = await ZipMemberData.FindAsync(content, end, member, cancellationToken);
            found.Add(member, local);
            first = Math.Min(first, member.LocalAt);
            if (isSeen) await LookInsideAsync(local, member, depth, texts, cancellationToken);
        }

        await texts.FinishAsync();
        if (first is > 0 and < MarkLength) throw ZipDirectory.Broken("it begins with less than a member");
        if (first == ulong.MaxValue) return found;
        if (first == 0 && end.Start > 0) await TwoFormats.RefuseAsync(content, end.Start, cancellationToken);
        if (first > 0) await TwoFormats.RefuseHiddenAsync(content, end.Start, (long)first, cancellationToken);
        found.First = end.Start + (long)first;
        return found;
    }

    /// <returns>Whether the scanner looks at it. What it does not see is refused in the end, when all the rest has been looked at.</returns>
    private bool Check(ZipMember member)
    {
        if (++_members > options.MaxMembers) throw ArchiveTroubleException.TooMuch($"it has more than {options.MaxMembers} members (ClamProxy:Archives:MaxMembers)");
        if (!IsOpened(member.Method) && !IsEncrypted(member.Flags)) throw ArchiveTroubleException.TooMuch($"the scanner does not open the compression of a member (method {member.Method})");
        // It takes them for 4 GB, and passes over the member.
        if (member.IsWide) throw ArchiveTroubleException.TooMuch("the scanner does not read a member's sizes of 64 bits");
        var size = Math.Max(member.Length, member.Packed);
        _total += size;
        var notSeen = IsEncrypted(member.Flags) ? new ArchiveTroubleException(ArchiveTrouble.Encrypted, "A member of it is encrypted: the scanner cannot look inside.")
            : size > (ulong)limits.Member ? ArchiveTroubleException.TooLarge("A member of it is", size, limits.Member)
            : _total > (ulong)limits.Total ? ArchiveTroubleException.TooLarge("Its members together are", _total, limits.Total)
            : null;
        _notSeen ??= notSeen;
        if (notSeen is null) _largest = Math.Max(_largest, size);
        return notSeen is null;
    }

    /// <summary>Follows a member that has a directory itself.</summary>
    private async Task LookInsideAsync(ZipLocal local, ZipMember member, int depth, FrontedTexts texts, CancellationToken cancellationToken)
    {
        var data = local.Data;
        if (member.Method == Stored)
        {
            if (member.Packed != member.Length) throw ZipDirectory.Broken("a member that is not compressed has two lengths");
            if (local.HasDescriptor && await MarkSearch.HoldsItsEndAsync(data, cancellationToken)) throw ZipDirectory.Broken("a member that is not compressed has two ends");
            await LookInsideAsync(data, await _inflater.LookAsync(data, cancellationToken), depth, cancellationToken);
        }
        else if (member.Method == Deflated)
        {
            var (kind, isPassedOver) = await _inflater.PassAsync(data, member, cancellationToken);
            if (isPassedOver) await texts.AddAsync(() => MemberInflater.Open(data), (long)member.Length);
            if (kind is MemberKind.Other) return;
            if (await _inflater.InflateAsync(data, member, kind, cancellationToken) is not { } unpacked) return;
            await LookInsideAsync(unpacked, kind, depth, cancellationToken);
            _inflater.LetGo(unpacked);
        }
        else if (local.HasDescriptor && await MarkSearch.HoldsMemberAsync(data, 0, data.Length, cancellationToken))
        {
            throw ZipDirectory.Broken("another member may lie behind the end of a member's stream");
        }
    }

    private Task LookInsideAsync(IContentReader inner, MemberKind kind, int depth, CancellationToken cancellationToken) => kind switch
    {
        MemberKind.Zip or MemberKind.Packed => RunAsync(inner, depth + 1, cancellationToken),
        MemberKind.Cabinet => CabinetDirectory.CheckAsync(inner, limits, cancellationToken),
        MemberKind.Other => Task.CompletedTask,
    };
}
