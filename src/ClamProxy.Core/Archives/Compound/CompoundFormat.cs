namespace ClamProxy.Core.Archives.Compound;

/// <summary>Marks and places of MS-CFB 2.2 and 2.6, little-endian.</summary>
internal static class CompoundFormat
{
    public const int HeaderLength = 512;
    public const int EntryLength = 128;

    /// <summary>Sector numbers from here on are no sectors: end of chain, free, and those of the tables themselves.</summary>
    public const uint LastSector = 0xfffffffa;

    public const byte StreamType = 2;
    public const byte RootType = 5;

    /// <summary>OLE2's mark: Office documents before 2007, installers, mails of Outlook.</summary>
    public static ReadOnlySpan<byte> Mark => [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
}
