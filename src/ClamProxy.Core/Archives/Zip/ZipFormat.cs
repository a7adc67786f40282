namespace ClamProxy.Core.Archives.Zip;

/// <summary>The marks and sizes of PKWARE's APPNOTE.TXT (6.3.10), little-endian.</summary>
internal static class ZipFormat
{
    public const uint LocalMark = 0x04034b50;
    public const uint MemberMark = 0x02014b50;
    public const uint EndMark = 0x06054b50;
    public const uint End64Mark = 0x06064b50;
    public const uint Locator64Mark = 0x07064b50;
    public const uint DescriptorMark = 0x08074b50;

    public const int MarkLength = 4;
    public const int LocalLength = 30;
    public const int MemberLength = 46;
    public const int EndLength = 22;
    public const int End64Length = 56;
    public const int Locator64Length = 20;

    /// <summary>
    /// As far from a file's last byte as readers look for an end: most go by the longest comment, 64 KiB; unzip goes 73 KiB.
    /// </summary>
    public const int FarthestEnd = 96 * 1024;

    /// <summary>The extra field with the sizes that do not fit into 32 bits.</summary>
    public const ushort Extra64 = 1;

    public const ushort Stored = 0;
    public const ushort Deflated = 8;
    public const ushort Bzipped = 12;

    /// <summary>Whether clamd opens members of this compression (its unzip.c): stored, imploded, deflated, deflate64, bzip2. It passes
    /// over all others in silence.</summary>
    public static bool IsOpened(ushort method) => method is Stored or 6 or Deflated or 9 or Bzipped;

    /// <summary>Whether some reader might know this compression: what tells a member's header from bytes that look like its mark.</summary>
    public static bool IsKnown(ushort method) => method is <= 20 or (>= 93 and <= 99);

    /// <summary>Bit 0: encrypted; 6: strongly; 13: the directory is.</summary>
    public static bool IsEncrypted(ushort flags) => (flags & 0x2041) != 0;

    /// <summary>Bit 3: the sizes come behind the member, not before it.</summary>
    public static bool HasDescriptor(ushort flags) => (flags & 8) != 0;
}
