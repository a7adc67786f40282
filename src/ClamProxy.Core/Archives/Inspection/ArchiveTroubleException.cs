namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// Ends the look into an archive at the first thing that is wrong: of an archive that is a member of another, only the look into that
/// member. It does not leave this folder.
/// </summary>
internal sealed class ArchiveTroubleException(ArchiveTrouble trouble, string detail) : Exception(detail)
{
    public ArchiveTrouble Trouble => trouble;

    /// <summary>One of our own limits was reached: what lies behind it was not looked at.</summary>
    public bool IsLimit { get; private init; }

    /// <summary>It says how an archive is made, and nothing of what holds that archive.</summary>
    public bool IsOfOneArchive => trouble is ArchiveTrouble.Contradictory or ArchiveTrouble.TooMuch && !IsLimit;

    public static ArchiveTroubleException TooLarge(string what, ulong size, long limit) => new(
        ArchiveTrouble.TooLarge,
        $"{what} larger than what the scanner scans ({size} bytes; its limit: {limit}): raise MaxFileSize and MaxScanSize in clamd.conf.");

    public static ArchiveTroubleException Encrypted() =>
        new(ArchiveTrouble.Encrypted, "A member of it is encrypted: the scanner cannot look inside.");

    /// <summary>Members that are not looked at for different reasons.</summary>
    public static ArchiveTroubleException Several(ArchiveTroubleException one, ArchiveTroubleException other) =>
        new(ArchiveTrouble.TooMuch, $"{one.Message} And besides: {other.Message}");

    /// <summary>A limit of ours.</summary>
    public static ArchiveTroubleException TooMuch(string what) => NotComplete(what, isLimit: true);

    /// <summary>Something that the scanner passes over.</summary>
    public static ArchiveTroubleException NotOpened(string what) => NotComplete(what, isLimit: false);

    /// <summary>What a decoder of the framework does not take.</summary>
    public static ArchiveTroubleException NotUnpacked() =>
        new(ArchiveTrouble.Contradictory, "It is a broken archive: a member cannot be unpacked.");

    private static ArchiveTroubleException NotComplete(string what, bool isLimit) =>
        new(ArchiveTrouble.TooMuch, $"It cannot be scanned completely: {what}.") { IsLimit = isLimit };
}
