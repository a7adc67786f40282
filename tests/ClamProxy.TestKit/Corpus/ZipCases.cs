using System.Buffers.Binary;
using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in zips that a scanner and a client may read differently.</summary>
public static class ZipCases
{
    private const int FlagsOfEntry = 8;
    private const int FlagsOfLocal = 6;
    private const int MethodOfEntry = 10;
    private const int MethodOfLocal = 8;

    /// <summary>What may stand in front of a zip.</summary>
    internal static readonly (string Name, byte[] Bytes)[] Prefixes =
    [
        ("a script", Encoding.ASCII.GetBytes("#!/usr/bin/env python3\n")),
        ("a shell script", Encoding.ASCII.GetBytes("#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n")),
        ("a gif", [.. "GIF89a"u8, .. new byte[100]]),
        ("a jpeg", [0xff, 0xd8, 0xff, 0xe0, 0, 16, .. "JFIF\0"u8, .. new byte[100]]),
        ("a png", [0x89, .. "PNG\r\n"u8, 26, 10, .. new byte[30]]),
        ("a program", [.. "MZ"u8, .. new byte[1000]]),
        ("an elf", [0x7f, .. "ELF"u8, .. new byte[200]]),
        ("a pdf", Encoding.ASCII.GetBytes("%PDF-1.4\n%%EOF\n")),
        ("a page", Encoding.ASCII.GetBytes("<html><body>hello</body></html>")),
        ("a mail", Encoding.ASCII.GetBytes("From: a\r\nTo: b\r\nSubject: c\r\n\r\nhello\r\n")),
        ("a gzip", Packers.Gzip([1, 2, 3])),
        ("a tar", [.. Packers.Tar([1, 2, 3])]),
        ("a tar's first block", Packers.Tar([1, 2, 3])[..1024]),
        ("a zip", new RawZip().Build([1, 2, 3])),
        ("a cabinet", Packers.Cabinet([1, 2, 3], isPacked: false)),
        ("an iso", Packers.Iso([1, 2, 3])),
        ("a 7z's mark", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, .. new byte[50]]),
        ("a rar's mark", [.. "Rar!"u8, 26, 7, 0, .. new byte[50]]),
        ("zeros", new byte[1000]),
        ("many zeros", new byte[300_000]),
        ("a chrome extension's head", [.. "Cr24"u8, .. new byte[12]]),
        ("four bytes", [1, 2, 3, 4]),
        ("one byte", [1]),
    ];

    public static IEnumerable<CorpusCase> All() => [.. Prefixed(), .. Marked(), .. Elusive(), .. Contradictory(), .. Ends(), .. Skipped()];

    /// <summary>An extra field's bytes with a mark at this place of the file, given where the field begins.</summary>
    public static byte[] MarkAt(int at, ReadOnlySpan<byte> mark, int begins, int length)
    {
        const int FieldHead = 4;
        var extra = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 0x4242);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), (ushort)(length - FieldHead));
        mark.CopyTo(extra.AsSpan(at - begins));
        return extra;
    }

    private static IEnumerable<CorpusCase> Prefixed() =>
        from prefix in Prefixes
        from counts in new[] { false, true }
        from descriptors in new[] { false, true }
        let zip = new RawZip { Prefix = prefix.Bytes, CountsPrefix = counts, HasDescriptors = descriptors }
        select new CorpusCase(
            $"zip behind {prefix.Name}{(counts ? ", offsets count it" : "")}{(descriptors ? ", with descriptors" : "")}",
            zip.Build(("first", new byte[200]), ("second", Eicar.Bytes)));

    /// <summary>Valid zips that clamd takes for something else.</summary>
    private static IEnumerable<CorpusCase> Marked()
    {
        const int Begins = 30 + 10;
        yield return new CorpusCase(
            "zip that bears a tar's mark", new RawZip { Extra = MarkAt(257, "ustar\0"u8, Begins, 600) }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip that bears a gnu tar's mark", new RawZip { Extra = MarkAt(257, "ustar  \0"u8, Begins, 600) }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip that bears a disk's mark", new RawZip { Extra = MarkAt(512, "EFI PART"u8, Begins, 600) }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip that bears an iso's mark", new RawZip { Extra = MarkAt(32_769, "CD001\u0001"u8, Begins, 40_000) }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "marked zip in a zip", new RawZip().Build(new RawZip { Extra = MarkAt(257, "ustar\0"u8, Begins, 600) }.Build(Eicar.Bytes)));
        yield return new CorpusCase(
            "marked zip in a stored zip",
            new RawZip { Method = 0 }.Build(new RawZip { Extra = MarkAt(257, "ustar\0"u8, Begins, 600) }.Build(Eicar.Bytes)));
        yield return new CorpusCase(
            "marked zip behind a script",
            new RawZip { Prefix = "#!/bin/sh\n"u8.ToArray(), Extra = MarkAt(257, "ustar\0"u8, Begins, 600) }.Build(Eicar.Bytes));
    }

    /// <summary>Zips that some reader opens and a careless look does not find.</summary>
    private static IEnumerable<CorpusCase> Elusive()
    {
        var script = "#!/usr/bin/env python3\n"u8.ToArray();
        (string, byte[])[] members = [("first", new byte[200]), ("second", Eicar.Bytes)];
        yield return new CorpusCase(
            "zip behind a script whose offsets are too large",
            new RawZip
            {
                Prefix = script,
                HasDescriptors = true,
                Entry = header => Add(header, 42, 1000),
                End = end => Add(end, 16, 1000),
            }.Build(members));
        yield return new CorpusCase(
            "marked zip behind a script, offsets count it",
            new RawZip
            {
                Prefix = script,
                CountsPrefix = true,
                Extra = MarkAt(257, "ustar\0"u8, script.Length + 40, 600),
            }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip with a locator of 64 bits for a comment",
            WithLocator(new RawZip { Prefix = script, HasDescriptors = true }.Build(members)));
        yield return new CorpusCase("zip between another's members and its directory", Between());
        foreach (var method in new ushort[] { 0, 8 })
        {
            yield return new CorpusCase(
                $"zip with 64-bit members in a zip, method {method}",
                new RawZip { Method = method }.Build(("a", [1]), ("b.npz", new RawZip { HasWideMembers = true }.Build(members))));
            yield return new CorpusCase(
                $"zip with 64-bit members behind a script in a zip, method {method}",
                new RawZip { Method = method }.Build(
                    ("b.npz", [.. new RawZip().Build([1]), .. new RawZip { HasWideMembers = true }.Build(members)])));
        }
    }

    private static byte[] WithLocator(byte[] zip)
    {
        var end = zip[^22..];
        var body = zip[..^22];
        body[body.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 32] = 20;
        end.AsSpan(8, 4).Fill(0xff);
        Add(end, 12, 20);
        byte[] locator = [.. "PK\u0006\u0007"u8, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
        return [.. body, .. locator, .. end];
    }

    private static byte[] Between()
    {
        const int Junk = 4;
        var outer = new RawZip().Build(("a.txt", [1, 2, 3]));
        var directoryAt = outer.AsSpan().IndexOf("PK\u0001\u0002"u8);
        var directory = outer[directoryAt..^22];
        var end = outer[^22..];
        var inner = new RawZip().Build(("a.txt", Eicar.Bytes));
        Add(inner, inner.Length - 2, directory.Length + Junk + end.Length);
        Add(end, 16, inner.Length);
        end[20] = 77;
        return [.. outer[..directoryAt], .. inner, .. directory, .. new byte[Junk], .. end];
    }

    private static void Add(byte[] header, int at, int number)
    {
        var field = header.AsSpan(at, Math.Min(4, header.Length - at));
        if (field.Length == 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(field, BinaryPrimitives.ReadUInt32LittleEndian(field) + (uint)number);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(field) + number));
        }
    }

    /// <summary>The directory says one thing, the member's own header another.</summary>
    private static IEnumerable<CorpusCase> Contradictory()
    {
        CorpusCase Case(string name, RawZip zip) => new($"zip whose {name}", zip.Build(Eicar.Bytes));
        yield return Case("entry alone is encrypted", new RawZip { Entry = header => header[FlagsOfEntry] |= 1 });
        yield return Case("member alone is encrypted", new RawZip { Local = header => header[FlagsOfLocal] |= 1 });
        yield return Case("entry alone is stored", new RawZip { Entry = header => header[MethodOfEntry] = 0 });
        yield return Case("member alone is stored", new RawZip { Local = header => header[MethodOfLocal] = 0 });
        yield return Case("entry has no sizes", new RawZip { Entry = header => header.AsSpan(20, 8).Clear() });
        yield return Case("member has no sizes", new RawZip { Local = header => header.AsSpan(18, 8).Clear() });
        yield return Case("member has other sizes", new RawZip { Local = header => header[18] = 5 });
        yield return Case(
            "member is larger than its entry says", new RawZip { Entry = header => header[24] = 1, Local = header => header[22] = 1 });
        yield return Case("member is said to be elsewhere", new RawZip { Entry = header => header[42] = 5 });
        yield return Case("member is said to be behind its end", new RawZip { Entry = header => header[45] = 0x7f });
        yield return Case("entry names no mark", new RawZip { Entry = header => header[0] = 0 });
        yield return Case("member has no mark", new RawZip { Local = header => header[0] = 0 });
        yield return Case("member has a descriptor's flag and sizes", new RawZip { Local = header => header[FlagsOfLocal] |= 8 });
    }

    private static IEnumerable<CorpusCase> Ends()
    {
        var plain = new RawZip().Build(Eicar.Bytes);
        var clean = new RawZip().Build([1, 2, 3]);
        var end = plain[^22..];
        yield return new CorpusCase("zip with two ends", [.. plain, .. end]);
        yield return new CorpusCase("zip with a comment", new RawZip { Comment = new byte[300] }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip with the longest comment", new RawZip { Comment = new byte[65_535] }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip with a clean zip as its comment", new RawZip { Comment = clean }.Build(Eicar.Bytes));
        yield return new CorpusCase("clean zip with a zip as its comment", new RawZip { Comment = plain }.Build([1, 2, 3]));
        yield return new CorpusCase("zip with junk behind", [.. plain, .. new byte[3000]]);
        yield return new CorpusCase("zip with much junk behind", [.. plain, .. new byte[100_000]]);
        yield return new CorpusCase("zip without its end", plain[..^22]);
        yield return new CorpusCase("zip without half of its end", plain[..^11]);
        yield return new CorpusCase("zip without its directory", plain[..plain.AsSpan().IndexOf("PK\u0001\u0002"u8)]);
        yield return new CorpusCase("zip behind a member nobody lists", [.. plain[..plain.AsSpan().IndexOf("PK\u0001\u0002"u8)], .. clean]);
        yield return new CorpusCase("zip in front of a clean one", [.. plain, .. clean]);
        yield return new CorpusCase("zip behind a clean one", [.. clean, .. plain]);
        yield return new CorpusCase(
            "zip whose end announces no member", new RawZip { End = one => one.AsSpan(8, 4).Clear() }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip whose end announces a member too many", new RawZip { End = one => one[10]++ }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip whose end announces a shorter directory", new RawZip { End = one => one[12]-- }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip whose end is on another disk", new RawZip { End = one => one[4] = 1 }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip whose offset is too large", new RawZip { End = one => one[18] = 1 }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip of a hundred members",
            new RawZip().Build([.. Enumerable.Range(0, 90).Select(number => ($"{number}", new byte[10])), ("last", Eicar.Bytes)]));
        yield return new CorpusCase(
            "zip with a folder and a long name", new RawZip().Build(("a/", []), ("a/" + new string('x', 5000), Eicar.Bytes)));
        yield return new CorpusCase(
            "zip64 in every part with descriptors",
            new RawZip { HasWideEnd = true, HasWideMembers = true, HasWideEntries = true, HasDescriptors = true }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip with 64-bit entries", new RawZip { HasWideEntries = true }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip with 64-bit entries and end", new RawZip { HasWideEntries = true, HasWideEnd = true }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip with 64-bit members and descriptors", new RawZip { HasWideMembers = true, HasDescriptors = true }.Build(Eicar.Bytes));
        yield return new CorpusCase("zip64 with descriptors", new RawZip { HasWideEnd = true, HasDescriptors = true }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip64 behind a script", new RawZip { HasWideEnd = true, Prefix = "#!/bin/sh\n"u8.ToArray() }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "zip64 behind a gzip", new RawZip { HasWideEnd = true, Prefix = Packers.Gzip([1]), CountsPrefix = true }.Build(Eicar.Bytes));
    }

    /// <summary>Compressions and encryptions that clamd passes over.</summary>
    private static IEnumerable<CorpusCase> Skipped()
    {
        foreach (var method in new byte[] { 1, 2, 5, 14, 20, 93, 94, 95, 96, 97, 98, 99 })
        {
            yield return new CorpusCase(
                $"zip of compression {method}",
                new RawZip
                {
                    Method = 0,
                    Entry = header => header[MethodOfEntry] = method,
                    Local = header => header[MethodOfLocal] = method,
                }.Build(Packers.Deflate(Eicar.Bytes)));
        }

        byte[] several = [.. PythonPackers.Bzip2("hello\n"u8.ToArray()), .. PythonPackers.Bzip2(Eicar.Bytes)];
        var bzipped = new RawZip { Method = 12 }.Build(several);
        yield return new CorpusCase("zip of a bzip2 of two streams", bzipped);
        yield return new CorpusCase("zip of a bzip2 of two streams, in a zip", new RawZip().Build(bzipped));
        yield return new CorpusCase(
            "zip of a bzip2 of two streams, with descriptors", new RawZip { Method = 12, HasDescriptors = true }.Build(several));
        yield return new CorpusCase(
            "encrypted zip",
            new RawZip { Entry = header => header[FlagsOfEntry] |= 1, Local = header => header[FlagsOfLocal] |= 1 }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "strongly encrypted zip",
            new RawZip
            {
                Entry = header => header[FlagsOfEntry] |= 0x41,
                Local = header => header[FlagsOfLocal] |= 0x41,
            }.Build(Eicar.Bytes));
        yield return new CorpusCase(
            "encrypted zip in a zip",
            new RawZip().Build(
                new RawZip
                {
                    Entry = header => header[FlagsOfEntry] |= 1,
                    Local = header => header[FlagsOfLocal] |= 1,
                }.Build(Eicar.Bytes)));
    }
}
