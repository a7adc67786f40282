using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>One archive in a file, as its directory was found to be.</summary>
internal sealed class ZipFound(ZipEnd end)
{
    private readonly List<(long Start, long End)> _stored = [];
    private readonly List<(long Start, long End)> _members = [];
    private readonly List<SizePatch> _patches = end.Wide is { } wide ? [wide] : [];
    private readonly List<(long Start, long End)> _covered =
    [
        (end.DirectoryAt, end.DirectoryAt + end.DirectoryLength),
        (end.EndsAt - ZipFormat.EndLength, end.EndsAt),
    ];

    /// <summary>Where its first member is in the file; 0 where it has none.</summary>
    public long First { get; set; }

    /// <summary>The packed bytes of all members.</summary>
    public ulong Packed { get; private set; }

    /// <summary>
    /// Those that have to be scanned by themselves. A scanner opens what the file's last end names, if the file begins with an archive, and
    /// reads no sizes of 64 bits. One that lies within another's member that is not compressed is looked into as that member.
    /// </summary>
    public static IReadOnlyList<EmbeddedArchive> Embedded(IReadOnlyList<ZipFound> archives, long length) =>
    [
        .. archives
            .Where(one => one.First > 0 || !one.IsLast || one._patches.Count > 0)
            .Where(one => !archives.Any(other => other != one && other.Holds(one)))
            .Select(one => one.ToHidden(one.IsLast ? length : one.EndsAt))
            .Distinct(),
    ];

    /// <summary>What its members, its directory and its end take of the file.</summary>
    public IReadOnlyList<(long Start, long End)> Covered => _covered;

    /// <summary>
    /// Whether a place of the file lies in one of its members, and no reader takes that place for an end: this archive's own end is the
    /// file's last byte, and all look there first.
    /// </summary>
    public bool HoldsForAll(long at) =>
        end.IsForAll && _members.Exists(member => member.Start <= at && at < member.End);

    public void Add(ZipMember member, ZipLocal local)
    {
        Packed += member.Packed;
        if (member.Patch is { } entry)
        {
            _patches.Add(entry);
        }

        _covered.Add((local.At, local.EndsAt));
        _members.Add((local.Data.Start, local.EndsAt));
        if (local.Patch is { } one)
        {
            _patches.Add(one);
        }

        if (member.Method == ZipFormat.Stored && local.Data.Length > ZipFormat.EndLength)
        {
            _stored.Add((local.Data.Start, local.EndsAt));
        }
    }

    private long EndsAt => end.EndsAt;

    private bool IsLast => end.IsLast;

    private bool Holds(ZipFound one) => _stored.Exists(member => member.Start <= one.First && one.EndsAt <= member.End);

    private EmbeddedArchive ToHidden(long endsAt)
    {
        _patches.Sort((one, other) => one.At.CompareTo(other.At));
        return new EmbeddedArchive(end.Start, First, endsAt) { Patches = _patches.Count > 0 ? _patches : null };
    }
}
