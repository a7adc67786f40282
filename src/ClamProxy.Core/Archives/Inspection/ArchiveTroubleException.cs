namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Ends the look into an archive, from however deep in it, at the first thing that is wrong. It does not leave this
/// folder.</summary>
internal sealed class ArchiveTroubleException(ArchiveTrouble trouble, string detail) : Exception(detail)
{
    public ArchiveTrouble Trouble => trouble;

    public static ArchiveTroubleException TooLarge(string what, ulong size, long limit) => new(
        ArchiveTrouble.TooLarge,
        $"{what} larger than what the scanner scans ({size} bytes; its limit: {limit}): raise MaxFileSize and MaxScanSize in clamd.conf.");

    public static ArchiveTroubleException TooMuch(string what) => new(ArchiveTrouble.TooMuch, $"It cannot be scanned completely: {what}.");
}
