using System.Buffers.Binary;
using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>An OLE2 document (MS-CFB, version 3) whose sectors lie where a test wants them.</summary>
public sealed class RawCompound
{
    private const int Sector = 512;
    private const uint End = 0xfffffffe;
    private const uint Free = 0xffffffff;
    private const uint Table = 0xfffffffd;

    /// <summary>A stream of each content, of 4096 bytes at least, in this order of sectors; what no stream takes is zeros.</summary>
    /// <param name="content">Filled up with zeros.</param>
    /// <param name="order">Where the sectors of the stream lie, counted from the first behind the tables; null: one after another.</param>
    /// <param name="loose">What lies in sectors of no stream, by the same count.</param>
    public static byte[] Build(byte[] content, Func<int, int>? order = null, params (int At, byte[] Bytes)[] loose)
    {
        var count = (Math.Max(content.Length, 4096) + Sector - 1) / Sector;
        var places = Enumerable.Range(0, count).Select(order ?? (one => one)).ToArray();
        var most = Math.Max(
            places.Max() + 1, loose.Select(one => one.At + ((one.Bytes.Length + Sector - 1) / Sector)).DefaultIfEmpty().Max());
        var tables = 1 + ((most + 8 + 126) / 127);
        var first = tables + 1;
        var file = new byte[(1 + first + most) * Sector];
        WriteHeader(file, tables, directory: tables);
        var next = new uint[tables * Sector / 4];
        Array.Fill(next, Free);
        Array.Fill(next, Table, 0, tables);
        next[tables] = End;
        for (var one = 0; one < count; one++)
        {
            next[first + places[one]] = one + 1 < count ? (uint)(first + places[one + 1]) : End;
            var part = content.AsSpan(Math.Min(content.Length, one * Sector));
            part[..Math.Min(Sector, part.Length)].CopyTo(file.AsSpan((1 + first + places[one]) * Sector));
        }

        for (var one = 0; one < next.Length; one++)
        {
            Write(file, Sector + (one * 4), next[one]);
        }

        WriteEntry(file.AsSpan((1 + tables) * Sector), "Root Entry", 5, End, 0);
        WriteEntry(
            file.AsSpan(((1 + tables) * Sector) + 128), "Package", 2, (uint)(first + places[0]), (uint)Math.Max(content.Length, 4096));
        foreach (var (at, bytes) in loose)
        {
            bytes.CopyTo(file.AsSpan((1 + first + at) * Sector));
        }

        return file;
    }

    private static void WriteHeader(byte[] file, int tables, int directory)
    {
        new byte[] { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 }.CopyTo(file, 0);
        (file[24], file[26], file[28], file[29], file[30], file[32]) = (0x3e, 3, 0xfe, 0xff, 9, 6);
        Write(file, 44, (uint)tables);
        Write(file, 48, (uint)directory);
        Write(file, 56, 4096);
        Write(file, 60, End);
        Write(file, 68, End);
        for (var one = 0; one < 109; one++)
        {
            Write(file, 76 + (one * 4), one < tables ? (uint)one : Free);
        }
    }

    private static void WriteEntry(Span<byte> entry, string name, byte type, uint first, uint length)
    {
        Encoding.Unicode.GetBytes(name, entry);
        entry[64] = (byte)((name.Length + 1) * 2);
        entry[66] = type;
        entry[67] = 1;
        entry[68..80].Fill(0xff);
        if (type == 5)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry[76..], 1);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(entry[116..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[120..], length);
    }

    private static void Write(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
}
