namespace ClamProxy.Core.Archives.Inspection;

/// <summary>What one look has come across so far, in all zips of a file together.</summary>
internal sealed class InspectionTally
{
    public int Members { get; set; }

    /// <summary>The bytes of all members, unpacked.</summary>
    public ulong Total { get; set; }

    /// <summary>The bytes of the largest member that the scanner looks at.</summary>
    public ulong Largest { get; set; }

    /// <summary>The first archive in it that others may read differently than the scanner; null: none.</summary>
    public ArchiveTroubleException? Ambiguous { get; private set; }

    /// <summary>A member is such an archive: the look goes on with what follows it.</summary>
    public void Note(ArchiveTroubleException ambiguous) => Ambiguous ??= ambiguous;

    /// <summary>Why the scanner does not look at a member; null: it looks at all. What this is for is decided when all the rest has been
    /// looked at.</summary>
    public ArchiveTroubleException? NotSeen { get; private set; }

    /// <summary>
    /// The scanner does not look at a member. Members that it skips for different reasons are a trouble that no policy passes: a policy
    /// speaks of one reason.
    /// </summary>
    public void Skip(ArchiveTroubleException notSeen) =>
        NotSeen = NotSeen is null ? notSeen
            : NotSeen.Trouble == notSeen.Trouble || NotSeen.Trouble is ArchiveTrouble.TooMuch ? NotSeen
            : ArchiveTroubleException.Several(NotSeen, notSeen);
}
