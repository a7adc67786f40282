namespace ClamProxy.Core.Archives.Tar;

/// <summary>Where the fields of a tar's header are that more than one reader here needs (POSIX ustar, and the old format).</summary>
internal static class TarFormat
{
    /// <summary>Headers are as long, and data are filled up to it.</summary>
    public const int BlockLength = 512;

    public const int SizeAt = 124;
    public const int SizeLength = 12;

    public const int SumAt = 148;
    public const int SumLength = 8;
}
