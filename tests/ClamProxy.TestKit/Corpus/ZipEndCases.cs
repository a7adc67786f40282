using System.Buffers.Binary;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in zips whose end clamd takes for another, or does not find, while some reader does.</summary>
public static class ZipEndCases
{
    private static readonly byte[] Script = "#!/bin/sh\n"u8.ToArray();

    public static IEnumerable<CorpusCase> All() => [.. MadeUp(), .. Wrong(), .. Far(), .. Spanned()];

    /// <summary>What somebody may have made so.</summary>
    public static IEnumerable<CorpusCase> Clean(byte[] content)
    {
        var zip = new RawZip().Build(content);
        yield return new CorpusCase(
            "clean zip with an end's mark in its comment",
            new RawZip { Comment = [.. "about PK\u0005\u0006: "u8, .. new byte[40]] }.Build(content));
        yield return new CorpusCase(
            "clean zip with an end's mark in a stored member",
            new RawZip { Method = 0 }.Build([.. "PK\u0001\u0002s\u0004PK\u0005\u0006s\u0004PK\u0003\u0004"u8, .. content]));
        yield return new CorpusCase(
            "clean zip with an end's mark in a stored member and behind",
            [.. new RawZip { Method = 0 }.Build(MadeUpEnd()), .. MadeUpEnd()]);
        yield return new CorpusCase(
            "clean zip behind an old spanning mark",
            new RawZip { Prefix = "PK00"u8.ToArray(), CountsPrefix = true, HasDescriptors = true }.Build(content));
        yield return new CorpusCase("clean text that begins with a zip's letters", [.. "PK00 PKZIP's marks: PK\u0007\u0008"u8, .. content]);
        yield return new CorpusCase(
            "clean program with marks and a zip behind much",
            [.. "MZ"u8, .. "PK\u0005\u0006PK\u0001\u0002"u8, .. new byte[100_000], .. zip, .. new byte[100_000]]);
        yield return new CorpusCase("clean zip twice", [.. zip, .. zip]);
        yield return new CorpusCase("clean zip with an empty one behind", [.. zip, .. new RawZip().Build()]);
        yield return new CorpusCase(
            "clean zipapp with a comment", new RawZip { Prefix = Script, CountsPrefix = true, Comment = new byte[200] }.Build(content));
        yield return new CorpusCase(
            "clean program with a zip and a signature behind",
            [.. new RawZip { Prefix = [.. "MZ"u8, .. new byte[1000]], CountsPrefix = true }.Build(content), .. content]);
    }

    /// <summary>22 bytes and a comment that say that a directory begins at this byte.</summary>
    public static byte[] MadeUpEnd(int directoryAt = 10, int length = 46)
    {
        byte[] end = [.. "PK\u0005\u0006"u8, .. new byte[18], .. "xxxxx"u8];
        (end[8], end[10], end[20]) = (1, 1, 7);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), length);
        BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(16), directoryAt);
        return end;
    }

    /// <summary>clamd goes by the last end whose offset lies in the file, and is done if there is no directory.</summary>
    private static IEnumerable<CorpusCase> MadeUp() =>
        from descriptors in new[] { false, true }
        let kind = descriptors ? ", with descriptors" : ""
        let zip = new RawZip { HasDescriptors = descriptors }.Build(Members)
        let behind = (byte[])[.. zip, .. MadeUpEnd()]
        from one in new[]
        {
            new CorpusCase($"zip with a made-up end behind{kind}", behind),
            new CorpusCase(
                $"zip with a made-up end in its comment{kind}",
                new RawZip { HasDescriptors = descriptors, Comment = MadeUpEnd() }.Build(Members)),
            new CorpusCase($"zip with three made-up ends behind{kind}", [.. behind, .. MadeUpEnd(20), .. MadeUpEnd(30)]),
            new CorpusCase($"zip with a made-up end and zeros behind{kind}", [.. behind, .. new byte[30_000]]),
            new CorpusCase(
                $"zip behind a script with a made-up end behind{kind}",
                [.. new RawZip { HasDescriptors = descriptors, Prefix = Script }.Build(Members), .. MadeUpEnd()]),
            new CorpusCase(
                $"zip behind a script it counts with a made-up end behind{kind}",
                [.. new RawZip { HasDescriptors = descriptors, Prefix = Script, CountsPrefix = true }.Build(Members), .. MadeUpEnd()]),
            new CorpusCase($"zip with a made-up end behind, in a zip{kind}", new RawZip().Build(behind)),
            new CorpusCase($"zip with a made-up end behind, in a stored zip{kind}", new RawZip { Method = 0 }.Build(behind)),
            new CorpusCase($"zip with a made-up end behind, in a tar in gzip{kind}", Packers.Gzip(Packers.Tar(behind))),
        }
        select one;

    /// <summary>
    /// A length or a number that nobody goes by who goes by the offset alone (.NET, yauzl, adm-zip, busybox), or who looks for the
    /// directory (bsdtar).
    /// </summary>
    private static IEnumerable<CorpusCase> Wrong()
    {
        List<(string Name, byte[] Zip)> wrong =
        [
            .. from one in new (string Name, uint Length)[]
            {
                ("none", 0),
                ("10", 10),
                ("45", 45),
                ("47", 47),
                ("far too large", int.MaxValue),
                ("the largest", uint.MaxValue),
            }
               select ($"zip behind a script whose end's length is {one.Name}", Behind(end => Write(end, 12, one.Length))),
            ("zip behind a script whose end's length is too large", Behind(end => end[12] += 10)),
            ("zip behind a script whose end's length is too small", Behind(end => end[12]--)),
            ("zip behind a script it does not count whose end's length is too large", Behind(end => end[12] += 10, counts: false)),
            ("zip behind a script whose end is empty but for an offset", Behind(end => end.AsSpan(8, 8).Clear())),
            ("zip behind a script whose end announces a member too few", Behind(end => (end[8], end[10], end[12]) = (1, 1, 46 + 5))),
            ("zip behind a script whose end of 64 bits has too large a length", Long(40, 10)),
            ("zip behind a script whose end of 64 bits has far too large a length", Long(44, 1)),
            ("zip behind a script it does not count whose end of 64 bits has too large a length", Long(40, 10, counts: false)),
            ("zip behind a script it does not count with a locator and too large a length", WithLocator()),
            ("zip behind a script whose directory lies in front of its members", DirectoryInFront(Script)),
            ("zip whose directory lies in front of its members", DirectoryInFront([])),
            ("zip whose directory continues after its end", GoesOn()),
        ];
        return wrong.SelectMany(one => new[]
        {
            new CorpusCase(one.Name, one.Zip),
            new CorpusCase($"{one.Name}, in a zip", new RawZip().Build(one.Zip)),
            new CorpusCase($"{one.Name}, in a stored zip", new RawZip { Method = 0 }.Build(one.Zip)),
            new CorpusCase($"{one.Name}, in a tar in gzip", Packers.Gzip(Packers.Tar(one.Zip))),
        });
    }

    /// <summary>unzip finds an end 73 KiB before the file's.</summary>
    private static IEnumerable<CorpusCase> Far()
    {
        byte[] far = [.. new RawZip { Prefix = Script, CountsPrefix = true, HasDescriptors = true }.Build(Members), .. new byte[73_000]];
        yield return new CorpusCase("zip behind a script in front of much", far);
        yield return new CorpusCase("zip behind a script in front of much, in a zip", new RawZip().Build(far));
    }

    /// <summary>bsdtar and 7-Zip take what begins with another mark for a zip too.</summary>
    private static IEnumerable<CorpusCase> Spanned() =>
        from mark in new[] { ("an old spanning mark", "PK00"u8.ToArray()), ("a spanning mark", "PK\u0007\u0008"u8.ToArray()) }
        from descriptors in new[] { false, true }
        let zip = new RawZip { HasDescriptors = descriptors }.Build(Members)
        from one in new (string Name, byte[] Zip)[]
        {
            ("without its directory", [.. mark.Item2, .. zip[..DirectoryAt(zip)]]),
            ("without its end", [.. mark.Item2, .. zip[..^22]]),
            ("and something without its end", [.. mark.Item2, .. "something"u8, .. zip[..^22]]),
            ("in front of much", [.. mark.Item2, .. zip, .. new byte[200_000]]),
        }
        let name = $"zip behind {mark.Item1} {one.Name}{(descriptors ? ", with descriptors" : "")}"
        from held in new[]
        {
            new CorpusCase(name, one.Zip),
            new CorpusCase($"{name}, in a zip", new RawZip().Build(one.Zip)),
            new CorpusCase($"{name}, in a tar in gzip", Packers.Gzip(Packers.Tar(one.Zip))),
        }
        select held;

    private static byte[] Behind(Action<byte[]> end, bool counts = true) =>
        new RawZip { Prefix = Script, CountsPrefix = counts, HasDescriptors = true, End = end }.Build(Members);

    /// <param name="at">Where in its end of 64 bits something is changed.</param>
    private static byte[] Long(int at, byte add, bool counts = true)
    {
        const int AllEnds = 56 + 20 + 22;
        var zip = new RawZip { Prefix = Script, CountsPrefix = counts, HasDescriptors = true, HasWideEnd = true }.Build(Members);
        zip[zip.Length - AllEnds + at] += add;
        return zip;
    }

    /// <summary>A locator that names nothing between the directory and the end.</summary>
    private static byte[] WithLocator()
    {
        var zip = Behind(end => end[12] += 30, counts: false);
        return [.. zip[..^22], .. "PK\u0006\u0007"u8, .. new byte[16], .. zip[^22..]];
    }

    private static byte[] DirectoryInFront(byte[] prefix)
    {
        var zip = new RawZip { HasDescriptors = true }.Build(Members);
        var directoryAt = DirectoryAt(zip);
        var directory = zip[directoryAt..^22];
        for (var entry = directory.AsSpan(); entry.Length > 0; entry = entry[(46 + entry[28])..])
        {
            Write(entry, 42, BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]) + (uint)(prefix.Length + directory.Length));
        }

        var end = zip[^22..];
        Write(end, 16, (uint)prefix.Length);
        return [.. prefix, .. directory, .. zip[..directoryAt], .. end];
    }

    /// <summary>
    /// A second entry behind what the end announces names a page inside of a stored member: clamd, which reads on, matches no bytes of a
    /// page.
    /// </summary>
    private static byte[] GoesOn()
    {
        var hidden = new RawZip().Build(("ee", [.. "<html>\n"u8, .. Eicar.Bytes]));
        var hiddenDirectoryAt = DirectoryAt(hidden);
        var zip = new RawZip { Method = 0 }.Build(("s", [1, 2, 3, 4, .. hidden[..hiddenDirectoryAt]]));
        var entry = hidden[hiddenDirectoryAt..^22];
        Write(entry, 42, 30 + 1 + 4);
        return [.. zip[..^22], .. entry, .. zip[^22..]];
    }

    private static int DirectoryAt(byte[] zip) => zip.AsSpan().IndexOf("PK\u0001\u0002"u8);

    private static void Write(Span<byte> header, int at, uint number) => BinaryPrimitives.WriteUInt32LittleEndian(header[at..], number);

    private static (string Name, byte[] Content)[] Members => [("first", new byte[200]), ("second", Eicar.Bytes)];
}
