using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>A zip written byte by byte (APPNOTE.TXT), so that every part of it can lie.</summary>
public sealed class RawZip
{
    private const ushort Deflated = 8;
    private const int LocalLength = 30;

    private readonly List<(byte[] Name, byte[] Packed, uint Crc, int Length, long At)> _entries = [];
    private readonly ArrayBufferWriter<byte> _file = new();

    public ushort Method { get; init; } = Deflated;

    /// <summary>The sizes stand behind each member.</summary>
    public bool HasDescriptors { get; init; }

    /// <summary>Sizes of 64 bits in the members' own headers, though nothing needs them: what a writer does that does not know them
    /// yet.</summary>
    public bool HasWideMembers { get; init; }

    /// <summary>Sizes of 64 bits in the directory.</summary>
    public bool HasWideEntries { get; init; }

    /// <summary>An end of 64 bits.</summary>
    public bool HasWideEnd { get; init; }

    /// <summary>What is in front of the archive.</summary>
    public byte[] Prefix { get; init; } = [];

    /// <summary>Its offsets count from the file's first byte, prefix included, as zipapp writes them; else from its own.</summary>
    public bool CountsPrefix { get; init; }

    /// <summary>An extra field of every member's own header.</summary>
    public byte[] Extra { get; init; } = [];

    public byte[] Comment { get; init; } = [];

    /// <summary>Changes an entry of the directory (46 bytes and its name) after it was written rightly.</summary>
    public Action<byte[]>? Entry { get; init; }

    /// <summary>Changes a member's own header likewise.</summary>
    public Action<byte[]>? Local { get; init; }

    /// <summary>Changes the end.</summary>
    public Action<byte[]>? End { get; init; }

    /// <summary>Which members the directory lists, by their names.</summary>
    public Func<string, bool> Lists { get; init; } = _ => true;

    /// <summary>What stands between the last member and the directory, as a signing block does.</summary>
    public byte[] BehindMembers { get; init; } = [];

    /// <summary>The whole file.</summary>
    public byte[] Build(params (string Name, byte[] Content)[] members)
    {
        _file.Write(Prefix);
        foreach (var (name, content) in members)
        {
            AddMember(Encoding.UTF8.GetBytes(name), content);
            if (!Lists(name))
            {
                _entries.RemoveAt(_entries.Count - 1);
            }
        }

        _file.Write(BehindMembers);
        var directoryAt = _file.WrittenCount;
        foreach (var entry in _entries)
        {
            AddEntry(entry);
        }

        AddEnd(directoryAt, _file.WrittenCount - directoryAt);
        return _file.WrittenSpan.ToArray();
    }

    /// <summary>One member with a usual name.</summary>
    public byte[] Build(byte[] content) => Build(("member.bin", content));

    private void AddMember(byte[] name, byte[] content)
    {
        var packed = Method == Deflated ? Deflate(content) : content;
        var crc = Checksums.Crc32(content);
        _entries.Add((name, packed, crc, content.Length, _file.WrittenCount - (CountsPrefix ? 0 : Prefix.Length)));
        var wide = HasWideMembers ? WideSizes(content.Length, packed.Length) : [];
        var header = new byte[LocalLength];
        Write32(header, 0, 0x04034b50);
        Write16(header, 4, HasWideMembers ? 45 : 20);
        Write16(header, 6, HasDescriptors ? 8 : 0);
        Write16(header, 8, Method);
        if (!HasDescriptors)
        {
            WriteSizes(header, 14, crc, packed.Length, content.Length, HasWideMembers);
        }

        Write16(header, 26, name.Length);
        Write16(header, 28, Extra.Length + wide.Length);
        Local?.Invoke(header);
        _file.Write(header);
        _file.Write(name);
        _file.Write(wide);
        _file.Write(Extra);
        _file.Write(packed);
        if (!HasDescriptors)
        {
            return;
        }

        var descriptor = new byte[16];
        Write32(descriptor, 0, 0x08074b50);
        WriteSizes(descriptor, 4, crc, packed.Length, content.Length, isWide: false);
        _file.Write(descriptor);
    }

    private void AddEntry((byte[] Name, byte[] Packed, uint Crc, int Length, long At) entry)
    {
        var wide = HasWideEntries ? WideSizes(entry.Length, entry.Packed.Length) : [];
        var header = new byte[46];
        Write32(header, 0, 0x02014b50);
        Write16(header, 4, HasWideEntries ? 45 : 20);
        Write16(header, 6, HasWideEntries ? 45 : 20);
        Write16(header, 8, HasDescriptors ? 8 : 0);
        Write16(header, 10, Method);
        WriteSizes(header, 16, entry.Crc, entry.Packed.Length, entry.Length, HasWideEntries);
        Write16(header, 28, entry.Name.Length);
        Write16(header, 30, wide.Length);
        Write32(header, 42, (uint)entry.At);
        Entry?.Invoke(header);
        _file.Write(header);
        _file.Write(entry.Name);
        _file.Write(wide);
    }

    private void AddEnd(long directoryAt, long length)
    {
        var offset = directoryAt - (CountsPrefix ? 0 : Prefix.Length);
        if (HasWideEnd)
        {
            AddLongEnd(offset, length);
        }

        var end = new byte[22];
        Write32(end, 0, 0x06054b50);
        Write16(end, 8, HasWideEnd ? ushort.MaxValue : _entries.Count);
        Write16(end, 10, HasWideEnd ? ushort.MaxValue : _entries.Count);
        Write32(end, 12, HasWideEnd ? uint.MaxValue : (uint)length);
        Write32(end, 16, HasWideEnd ? uint.MaxValue : (uint)offset);
        Write16(end, 20, Comment.Length);
        End?.Invoke(end);
        _file.Write(end);
        _file.Write(Comment);
    }

    private void AddLongEnd(long offset, long length)
    {
        var at = _file.WrittenCount - (CountsPrefix ? 0 : Prefix.Length);
        var end = new byte[56 + 20];
        Write32(end, 0, 0x06064b50);
        Write64(end, 4, 44);
        Write16(end, 12, 45);
        Write16(end, 14, 45);
        Write64(end, 24, (ulong)_entries.Count);
        Write64(end, 32, (ulong)_entries.Count);
        Write64(end, 40, (ulong)length);
        Write64(end, 48, (ulong)offset);
        Write32(end, 56, 0x07064b50);
        Write64(end, 64, (ulong)at);
        Write32(end, 72, 1);
        _file.Write(end);
    }

    private static void WriteSizes(byte[] header, int at, uint crc, int packed, int length, bool isWide)
    {
        Write32(header, at, crc);
        Write32(header, at + 4, isWide ? uint.MaxValue : (uint)packed);
        Write32(header, at + 8, isWide ? uint.MaxValue : (uint)length);
    }

    private static byte[] WideSizes(int length, int packed)
    {
        var field = new byte[20];
        Write16(field, 0, 1);
        Write16(field, 2, 16);
        Write64(field, 4, (ulong)length);
        Write64(field, 12, (ulong)packed);
        return field;
    }

    private static byte[] Deflate(byte[] content)
    {
        using var target = new MemoryStream();
        using (var deflate = new DeflateStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return target.ToArray();
    }

    private static void Write16(byte[] into, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(into.AsSpan(at), (ushort)value);

    private static void Write32(byte[] into, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(into.AsSpan(at), value);

    private static void Write64(byte[] into, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(into.AsSpan(at), value);
}
