namespace ClamProxy.Core.Archives;

/// <summary>One archive in a file, as its directory was found to be.</summary>
internal sealed class ZipFound(ZipEnd end)
{
    private readonly List<(long Start, long End)> _stored = [];
    private readonly List<SizePatch> _patches = [];

    /// <summary>Where its first member is in the file; 0 where it has none.</summary>
    public long First { get; set; }

    /// <summary>The packed bytes of all members.</summary>
    public ulong Packed { get; private set; }

    /// <summary>
    /// Those that have to be scanned by themselves. A scanner opens the last archive, if the file begins with one, and reads no sizes of 64 bits. One
    /// that lies within another's member that is not compressed is looked into as that member.
    /// </summary>
    public static IReadOnlyList<HiddenArchive> Hidden(IReadOnlyList<ZipFound> archives, long length)
    {
        var last = archives.Count == 0 ? 0 : archives.Max(archive => archive.EndsAt);
        return
        [
            .. archives
                .Where(one => one.First > 0 || one.EndsAt < last || one._patches.Count > 0)
                .Where(one => !archives.Any(other => other != one && other.Holds(one)))
                .Select(one => one.ToHidden(one.EndsAt == last ? length : one.EndsAt))
                .Distinct(),
        ];
    }

    public void Add(ZipMember member, ContentWindow data, SizePatch? patch)
    {
        Packed += member.Packed;
        if (patch is { } one) _patches.Add(one);
        if (member.Method == ZipFormat.Stored && data.Length > ZipFormat.EndLength) _stored.Add((data.Start, data.Start + data.Length));
    }

    private long EndsAt => end.EndsAt;

    private bool Holds(ZipFound one) => _stored.Exists(member => member.Start <= one.First && one.EndsAt <= member.End);

    private HiddenArchive ToHidden(long endsAt)
    {
        _patches.Sort((one, other) => one.At.CompareTo(other.At));
        return new HiddenArchive(end.Start, First, endsAt) { Patches = _patches.Count > 0 ? _patches : null };
    }
}
