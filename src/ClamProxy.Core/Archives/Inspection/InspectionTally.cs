namespace ClamProxy.Core.Archives.Inspection;

/// <summary>What one look has come across so far, in all zips of a file together.</summary>
internal sealed class InspectionTally
{
    public int Members { get; set; }

    /// <summary>The bytes of all members, unpacked.</summary>
    public ulong Total { get; set; }

    /// <summary>The bytes of the largest member that the scanner looks at.</summary>
    public ulong Largest { get; set; }

    /// <summary>The first that it does not look at; null: none. The file is refused for it when all the rest has been looked at.</summary>
    public ArchiveTroubleException? NotSeen { get; set; }
}
