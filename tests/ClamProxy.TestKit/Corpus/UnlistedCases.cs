using System.Buffers.Binary;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in members that no directory lists: readers that stream see them, scanners that go by the directory do not.</summary>
public static class UnlistedCases
{
    private const string Hidden = "hidden";
    private static readonly byte[] Clean = new byte[200];

    public static IEnumerable<CorpusCase> All() =>
    [
        .. from descriptors in new[] { false, true }
           from method in new ushort[] { 0, 8 }
           let zip = new RawZip { Method = method, HasDescriptors = descriptors, Lists = name => name != Hidden }
           from one in Places(zip, $"{(descriptors ? ", with a descriptor" : "")}, method {method}")
           select one,
        .. Streams(),
    ];

    private static IEnumerable<CorpusCase> Places(RawZip zip, string kind)
    {
        byte[] Build(params (string, byte[])[] members) =>
            new RawZip { Method = zip.Method, HasDescriptors = zip.HasDescriptors, Lists = zip.Lists }.Build(members);
        var between = Build(("a", Clean), (Hidden, Eicar.Bytes), ("c", Clean));
        yield return new CorpusCase($"member nobody lists between two{kind}", between);
        yield return new CorpusCase($"member nobody lists in front{kind}", Build((Hidden, Eicar.Bytes), ("a", Clean)));
        yield return new CorpusCase($"member nobody lists behind{kind}", Build(("a", Clean), (Hidden, Eicar.Bytes)));
        yield return new CorpusCase($"member nobody lists in a zip in a zip{kind}", new RawZip().Build(between));
        yield return new CorpusCase($"member nobody lists in a stored zip{kind}", new RawZip { Method = 0 }.Build(between));
        var member = Member(zip);
        yield return new CorpusCase(
            $"member nobody lists behind a gap{kind}", new RawZip { BehindMembers = [.. new byte[7], .. member] }.Build(Clean));
        yield return new CorpusCase($"member nobody lists behind the directory{kind}", [.. new RawZip().Build(Clean), .. member]);
        yield return new CorpusCase($"member nobody lists in the comment{kind}", new RawZip { Comment = member }.Build(Clean));
        yield return new CorpusCase(
            $"member nobody lists behind a script and a member{kind}",
            new RawZip { Prefix = "#!/bin/sh\n"u8.ToArray(), BehindMembers = member }.Build(Clean));
        yield return new CorpusCase(
            $"member nobody lists behind a spanning mark{kind}",
            new RawZip { Prefix = [.. "PK00"u8, .. member], CountsPrefix = true }.Build(Clean));
    }

    /// <summary>Listed members that end before the directory says, for those who look for the end by themselves.</summary>
    private static IEnumerable<CorpusCase> Streams()
    {
        var hidden = Member(new RawZip { Lists = _ => false });
        yield return new CorpusCase("member behind the stream of a listed one", Listed(8, Packers.Deflate(Clean), hidden, Clean.Length));
        yield return new CorpusCase("member behind a listed one that is not compressed", Listed(0, Clean, hidden, null));
        yield return new CorpusCase(
            "member behind the stream of a listed one in a zip",
            new RawZip().Build(Listed(8, Packers.Deflate(Clean), hidden, Clean.Length)));
        yield return new CorpusCase("member behind the stream of one whose own header has other sizes of 64 bits", Wide(hidden));
    }

    private static byte[] Member(RawZip zip)
    {
        var whole = new RawZip
        {
            Method = zip.Method,
            HasDescriptors = zip.HasDescriptors,
            Lists = _ => false,
        }.Build((Hidden, Eicar.Bytes));
        return whole[..^22];
    }

    /// <summary>One member of these packed bytes, a descriptor of theirs, and what is hidden.</summary>
    private static byte[] Listed(byte method, byte[] packed, byte[] hidden, int? length)
    {
        var descriptor = new byte[16];
        "PK\u0007\u0008"u8.CopyTo(descriptor);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor.AsSpan(4), Checksums.Crc32(Clean));
        BinaryPrimitives.WriteInt32LittleEndian(descriptor.AsSpan(8), packed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(descriptor.AsSpan(12), Clean.Length);
        byte[] data = [.. packed, .. descriptor, .. hidden];
        var zip = new RawZip
        {
            Method = 0,
            HasDescriptors = true,
            Entry = header => { header[10] = method; BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), length ?? data.Length); },
            Local = header => header[8] = method,
        };
        return zip.Build(data);
    }

    private static byte[] Wide(byte[] hidden)
    {
        var packed = Packers.Deflate(Clean);
        byte[] data = [.. packed, .. hidden];
        var zip = new RawZip
        {
            Method = 0,
            HasWideMembers = true,
            Entry = header => { header[10] = 8; BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), Clean.Length); },
            Local = header => header[8] = 8,
        };
        var file = zip.Build(data);
        // The sizes in the extra field, behind 30 bytes, the name "member.bin" and the field's head.
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(44), Clean.Length);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(52), packed.Length);
        return file;
    }
}
