using System.Buffers.Binary;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using ClamProxy.Core.Clamd;

namespace ClamProxy.TestKit.Corpus;

/// <summary>Every kind of file that clamd opens, with one content in it.</summary>
public static class Packers
{
    public static byte[] Gzip(byte[] content) =>
        Compress(content, target => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true));

    public static byte[] Zlib(byte[] content) =>
        Compress(content, target => new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true));

    public static byte[] Deflate(byte[] content) =>
        Compress(content, target => new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true));

    public static byte[] Brotli(byte[] content) =>
        Compress(content, target => new BrotliStream(target, CompressionLevel.Optimal, leaveOpen: true));

    /// <summary>One frame of raw blocks (RFC 8878).</summary>
    public static byte[] Zstandard(byte[] content)
    {
        const int MostInBlock = 128 << 10;
        using var frame = new MemoryStream();
        using var writer = new BinaryWriter(frame);
        // A magic number, then one segment with 4 bytes of size.
        writer.Write(0xFD2FB528);
        writer.Write((byte)0xA0);
        writer.Write(content.Length);
        for (var (at, isLast) = (0, false); !isLast; at += MostInBlock)
        {
            var length = Math.Min(MostInBlock, content.Length - at);
            isLast = at + length == content.Length;
            // Of type raw.
            var block = (length << 3) | (isLast ? 1 : 0);
            writer.Write((byte)block);
            writer.Write((short)(block >> 8));
            writer.Write(content, at, length);
        }

        return frame.ToArray();
    }

    /// <summary>A gzip with an extra field.</summary>
    public static byte[] GzipWithExtra(byte[] content, byte[] extra)
    {
        var plain = Gzip(content);
        byte[] length = [(byte)extra.Length, (byte)(extra.Length >> 8)];
        byte[] head = [.. plain[..3], 4, .. plain[4..10], .. length, .. extra];
        return [.. head, .. plain[10..]];
    }

    public static byte[] Tar(byte[] content, TarEntryFormat format = TarEntryFormat.Ustar, byte[]? first = null)
    {
        using var target = new MemoryStream();
        using (var tar = new TarWriter(target, format, leaveOpen: true))
        {
            if (first is not null)
            {
                tar.WriteEntry(Entry(format, "first.bin", first));
            }

            tar.WriteEntry(Entry(format, "member.bin", content));
        }

        return target.ToArray();
    }

    /// <summary>A jar as the JDK's tool writes it: its manifest first, sizes behind.</summary>
    public static byte[] Jar(byte[] content) => new RawZip { HasDescriptors = true }.Build(
        ("META-INF/", []), ("META-INF/MANIFEST.MF", Encoding.ASCII.GetBytes("Manifest-Version: 1.0\r\n\r\n")), ("a/B.class", content));

    public static byte[] NuGet(byte[] content) => new RawZip().Build(
        (
            "[Content_Types].xml",
            Encoding.ASCII.GetBytes(
                "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>")),
        (
            "a.nuspec",
            Encoding.ASCII.GetBytes("<?xml version=\"1.0\"?><package><metadata><id>a</id><version>1.0.0</version></metadata></package>")),
        ("lib/net10.0/a.dll", content));

    public static byte[] PythonWheel(byte[] content) => new Wheel("a", "1.0", content).Bytes;

    /// <summary>A cabinet: stored, or each 32 KiB deflated by itself (MSZIP).</summary>
    public static byte[] Cabinet(byte[] content, bool isPacked)
    {
        const int BlockLength = 32 * 1024;
        const int HeadLength = 44;
        var blocks = content.Chunk(BlockLength).Select(
            block => (block.Length, Data: isPacked ? [.. "CK"u8, .. Deflate(block)] : block)).ToList();
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file, Encoding.ASCII);
        var data = HeadLength + 18;
        writer.Write("MSCF"u8);
        WriteAll(writer, 0, data + blocks.Sum(block => 8 + block.Data.Length), 0, HeadLength, 0);
        writer.Write([3, 1]);
        WriteAll(writer, (short)1, (short)1, (short)0, (short)1, (short)0);
        writer.Write(data);
        WriteAll(writer, (short)blocks.Count, (short)(isPacked ? 1 : 0));
        WriteAll(writer, content.Length, 0);
        WriteAll(writer, (short)0, (short)0x5000, (short)0, (short)32);
        writer.Write("a\0"u8);
        foreach (var block in blocks)
        {
            writer.Write(0);
            WriteAll(writer, (short)block.Data.Length, (short)block.Length);
            writer.Write(block.Data);
        }

        return file.ToArray();
    }

    /// <summary>The archive of an .rpm (newc).</summary>
    public static byte[] Cpio(byte[] content)
    {
        byte[] Entry(string name, byte[] data)
        {
            int[] numbers = [1, 0x81a4, 0, 0, 1, 0, data.Length, 0, 0, 0, 0, name.Length + 1, 0];
            var head = Encoding.ASCII.GetBytes(
                $"070701{string.Concat(numbers.Select(number => number.ToString("x8", CultureInfo.InvariantCulture)))}{name}\0");
            return [.. head, .. new byte[-head.Length & 3], .. data, .. new byte[-data.Length & 3]];
        }

        return [.. Entry("member.bin", content), .. Entry("TRAILER!!!", [])];
    }

    /// <summary>A disk image with one file.</summary>
    public static byte[] Iso(byte[] content)
    {
        const int Sector = 2048;
        var image = SizeProbe.Claiming((uint)content.Length);
        var padded = new byte[(content.Length + Sector - 1) / Sector * Sector];
        content.CopyTo(padded, 0);
        return [.. image[..^Sector], .. padded];
    }

    public static byte[] Mail(byte[] content) => Encoding.ASCII.GetBytes(
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
            + "boundary=\"B\"\r\n\r\n--B\r\n"
        + "Content-Type: text/plain\r\n\r\nhello\r\n--B\r\nContent-Type: application/octet-stream; "
        + "name=\"a.bin\"\r\nContent-Transfer-Encoding: base64\r\n"
        + "Content-Disposition: attachment; "
        + $"filename=\"a.bin\"\r\n\r\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\r\n--B--\r\n");

    public static byte[] Pdf(byte[] content)
    {
        var stream = Zlib(content);
        var head = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
            + string.Create(
                CultureInfo.InvariantCulture, $"3 0 obj\n<< /Type /EmbeddedFile /Length {stream.Length} /Filter /FlateDecode >>\nstream\n");
        return [.. Encoding.ASCII.GetBytes(head), .. stream, .. "\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"u8];
    }

    /// <summary>An archive of macOS.</summary>
    public static byte[] Xar(byte[] content)
    {
        var list = string.Create(
            CultureInfo.InvariantCulture,
            $"<?xml version=\"1.0\"?><xar><toc><file "
                + $"id=\"1\"><data><length>{content.Length}</length><offset>0</offset><size>{content.Length}</size><encoding "
                + $"style=\"application/octet-stream\"/></data><name>a</name></file></toc></xar>");
        var packed = Zlib(Encoding.ASCII.GetBytes(list));
        var head = new byte[28];
        "xar!"u8.CopyTo(head);
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(4), 28);
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(6), 1);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(8), packed.Length);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(16), list.Length);
        return [.. head, .. packed, .. content];
    }

    private static byte[] Compress(byte[] content, Func<Stream, Stream> open)
    {
        using var target = new MemoryStream();
        using (var packer = open(target))
        {
            packer.Write(content);
        }

        return target.ToArray();
    }

    private static TarEntry Entry(TarEntryFormat format, string name, byte[] content)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
            TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
            _ => new UstarTarEntry(TarEntryType.RegularFile, name),
        };
        entry.DataStream = new MemoryStream(content);
        return entry;
    }

    private static void WriteAll(BinaryWriter writer, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            writer.Write(number);
        }
    }

    private static void WriteAll(BinaryWriter writer, params short[] numbers)
    {
        foreach (var number in numbers)
        {
            writer.Write(number);
        }
    }
}
