using System.Buffers.Binary;
using System.IO.Compression;

namespace ClamProxy.Core.Clamd;

/// <summary>Contents that show up to which size a scanner looks, for little: clamd never says what its limits are.</summary>
internal static class SizeProbe
{
    private const int Sector = 2048;
    private const int VolumeSector = 16;
    private const int FolderSector = 18;
    private const int FileSector = 19;
    private const int SizeAt = 10;

    // Of the folder itself and of the one above it.
    private const int FolderRecordLength = 34;
    private const int FileRecordAt = (FolderSector * Sector) + (2 * FolderRecordLength);

    // The same bytes in every process and at any time.
    private static readonly DateTimeOffset AnyTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly byte[] Template = Image();

    /// <summary>
    /// A disk image of 40 KB (ISO 9660) with one file that claims to be this long. clamd judges the claim before it reads the file, so a
    /// claim over MaxFileSize or MaxScanSize is reported at once (AlertExceedsMax), and one below costs nothing.
    /// </summary>
    public static byte[] Claiming(uint size)
    {
        var image = Template.ToArray();
        WriteBoth(image.AsSpan(FileRecordAt + SizeAt), size);
        return image;
    }

    /// <summary>What such an image claims; null for any other content.</summary>
    public static uint? ClaimOf(ReadOnlySpan<byte> content)
    {
        if (content.Length != Template.Length)
        {
            return null;
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(content[(FileRecordAt + SizeAt)..]);
        return content.SequenceEqual(Claiming(size)) ? size : null;
    }

    /// <summary>A zip whose one member is this long: zeros, and at its end a zip with EICAR in it. Found only by who looks at all of the
    /// member, which takes a second for 100 MiB; about a thousandth of it in length.</summary>
    public static byte[] EicarAtTheEnd(int size)
    {
        var end = Zip(member => member.Write(Canaries.Eicar.Content.Span));
        return Zip(member =>
        {
            var zeros = new byte[64 * 1024];
            for (var left = size - end.Length; left > 0; left -= zeros.Length)
            {
                member.Write(zeros, 0, Math.Min(left, zeros.Length));
            }

            member.Write(end);
        });
    }

    public static byte[] Zip(Action<Stream> write, string name = "member")
    {
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry(name);
            entry.LastWriteTime = AnyTime;
            using var member = entry.Open();
            write(member);
        }

        return target.ToArray();
    }

    private static byte[] Image()
    {
        var image = new byte[(FileSector + 1) * Sector];
        var volume = image.AsSpan(VolumeSector * Sector, Sector);
        "\u0001CD001\u0001"u8.CopyTo(volume);
        WriteBoth(volume[80..], FileSector + 1);
        WriteBothShort(volume[120..], 1);
        WriteBothShort(volume[124..], 1);
        WriteBothShort(volume[128..], Sector);
        WriteRecord(volume[156..], FolderSector, Sector, isFolder: true, [0]);
        "\u0001CD001\u0001"u8.CopyTo(image.AsSpan((VolumeSector + 1) * Sector));
        image[(VolumeSector + 1) * Sector] = 0xff;

        var folder = image.AsSpan(FolderSector * Sector, Sector);
        WriteRecord(folder, FolderSector, Sector, isFolder: true, [0]);
        WriteRecord(folder[FolderRecordLength..], FolderSector, Sector, isFolder: true, [1]);
        WriteRecord(folder[(2 * FolderRecordLength)..], FileSector, 0, isFolder: false, "A.;1"u8);
        return image;
    }

    private static void WriteRecord(Span<byte> record, uint sector, uint size, bool isFolder, ReadOnlySpan<byte> name)
    {
        const int NameAt = 33;
        record[0] = (byte)((NameAt + name.Length + 1) & ~1);
        WriteBoth(record[2..], sector);
        WriteBoth(record[SizeAt..], size);
        record[25] = isFolder ? (byte)2 : (byte)0;
        WriteBothShort(record[28..], 1);
        record[32] = (byte)name.Length;
        name.CopyTo(record[NameAt..]);
    }

    /// <summary>Numbers stand in both byte orders, one behind the other.</summary>
    private static void WriteBoth(Span<byte> at, uint number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, number);
        BinaryPrimitives.WriteUInt32BigEndian(at[sizeof(uint)..], number);
    }

    private static void WriteBothShort(Span<byte> at, ushort number)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, number);
        BinaryPrimitives.WriteUInt16BigEndian(at[sizeof(ushort)..], number);
    }
}
