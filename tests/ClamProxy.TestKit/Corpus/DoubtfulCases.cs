using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in tars that clamd takes for something else, and in gzips that not everybody unpacks alike.</summary>
public static class DoubtfulCases
{
    private static readonly string[] Names =
    [
        "ID3-1.0/x", "OggS/x", ".RMF/x", "MM-1.0/x", "GIF/x", "070701/x", "%PDF-/x", "BM-1.0/x", "MZ/x", "From x/x", "SQLite format 3\0x",
        "SYMC\u0001\0x", "SIP-HIT (SIP/Hx", "<html>/x", "\u00e9<html>\u00e9/x",
    ];

    public static IEnumerable<CorpusCase> All() => [.. Honest(Eicar.Bytes), .. Refused(), .. Programs()];

    /// <summary>Those that are not even scanned once more.</summary>
    public static IEnumerable<CorpusCase> Refused() => [.. Broken(), .. Gzips(), .. Xzs(), OldPackage()];

    /// <summary>Tars that somebody may have made so, and that have to pass without EICAR.</summary>
    public static IEnumerable<CorpusCase> Honest(byte[] content)
    {
        var inner = Packers.Gzip(Packers.Tar(content));
        return Held(
        [
            .. from name in Names
               from isOld in new[] { false, true }
               select (
                   $"tar of {(isOld ? "the old kind" : "the usual kind")} that begins with "
                       + $"{string.Concat(name.Select(letter => letter < ' ' ? '_' : letter))}",

                   Whole(RawTar.Member(inner, name: name, mark: isOld ? "" : "ustar\000"))),
            ("file that begins as a gzip of another method", [0x1f, 0x8b, 0x9d, .. "program "u8, .. content]),
            ("tar whose first file begins as a divided disk", Whole(RawTar.Member("EFI PART manual\n"u8.ToArray()), RawTar.Member(inner))),
            (
                "tar whose second name begins as a divided disk",
                Whole(RawTar.Member([], '5', name: "d/"), RawTar.Member(inner, name: "EFI PART/x"))),
        ]);
    }

    private static IEnumerable<CorpusCase> Broken()
    {
        var first = RawTar.Member([1]);
        byte[] hidden = [.. Enumerable.Repeat((byte)'G', 512), .. RawTar.Member(Packers.Gzip(Packers.Tar(Eicar.Bytes)))];
        var inner = Packers.Gzip(Packers.Tar(Eicar.Bytes));
        return Held(
        [
            ("tar whose sums are of signed bytes", Whole(RawTar.Member(inner, name: "\u00e9\u00e9", mark: "", isSigned: true))),
            ("text of a tar of the old kind", OldText(inner)),
            ("tar of two kinds", Whole(RawTar.Member([1]), RawTar.Member(inner, mark: ""))),
            ("tar of two kinds, the old one first", Whole(RawTar.Member([1], mark: ""), RawTar.Member(inner))),
            ("tar whose size begins with a zero byte", Whole(RawTar.Member(inner, size: [0, .. RawTar.Octal(inner.Length)[1..]]))),
            .. from type in "xgXKLAEI"
               select (
                   $"tar with an empty header of type {type}{(char.IsLower(type) ? " in small letters" : "")}",
                   Whole(first, RawTar.Member([], type, name: "n"), RawTar.Member(inner))),
            ("tar with a name in its fields only", Whole(first, RawTar.Fields(("path", "x.tgz")), RawTar.Member(inner, name: ""))),
            (
                "tar with a size for all members",
                Whole(
                    RawTar.Fields('g', ("size", $"{inner.Length}")),
                    RawTar.Member(new byte[inner.Length]),
                    RawTar.Member(inner, size: RawTar.Octal(10)))),
            (
                "tar of the old kind with something behind a sum",
                Whole(
                    RawTar.Member(
                        inner,
                        name: "BM-1.0/x",
                        mark: "",
                        sum: all => Encoding.ASCII.GetBytes(Convert.ToString(all, 8).PadLeft(6, '0') + "\0x")))),
            (
                "tar of the old kind with a binary sum",
                Whole(RawTar.Member(inner, mark: "", sum: all => [0x80, 0, 0, 0, 0, 0, (byte)(all >> 8), (byte)all]))),
            (
                "tar with a zero byte in front of a sum",
                Whole(
                    first,
                    RawTar.Member(inner, sum: all => Encoding.ASCII.GetBytes("\0" + Convert.ToString(all, 8).PadLeft(6, '0') + " ")))),
            ("tar behind a block of something else", [.. Enumerable.Repeat((byte)'G', 512), .. Whole(RawTar.Member(inner))]),
            ("tar in a file that looks like a folder", Whole(first, RawTar.Member(hidden, name: "d/"))),
            ("tar in a file that looks like a folder by its fields", Whole(first, RawTar.Fields(("path", "d/")), RawTar.Member(hidden))),
            (
                "tar in a file that looks like a folder by its long name",
                Whole(first, RawTar.Member("d/\0"u8.ToArray(), 'L'), RawTar.Member(hidden))),
            ("tar in a file that looks like a link", Whole(first, RawTar.Member(hidden, link: "y"))),
            ("tar in a file without a name", Whole(first, RawTar.Member(hidden, name: ""))),
            (
                "tar with a size inside of a field",
                Whole(first, RawTar.Fields(("comment", $"x\n13 size={inner.Length}\n")), RawTar.Member(inner, size: RawTar.Octal(10)))),
            (
                "tar with a larger member than can be counted, cut off",
                [.. first, .. RawTar.Member(inner, size: RawTar.Octal((1L << 31) + 64))]),
            .. Behind(first, inner),
            ("tar behind 21 blocks of something else", [.. Filling(21), .. Whole(RawTar.Member(inner))]),
            (
                "tar that begins with a cabinet's mark behind a block of something else",
                [.. "MSCF"u8, .. new byte[508], .. Whole(RawTar.Member(inner))]),
            .. from sum in new[]
            {
                ("of Python", "0o{0:00000}\0"),
                ("of Python in capitals", "0O{0:00000}\0"),
                ("with a plus", "+{0:000000}\0"),
                ("with a line", "{0:000000}_"),
                ("behind a separator", "\x1c{0:000000}\0"),
                ("of eight digits", "{0:00000000}"),
            }
               select (
                   $"tar of the old kind with a sum {sum.Item1}", Whole(RawTar.Member(inner, mark: "", sum: all => Sum(sum.Item2, all)))),
            ("tar of the old kind with a small sum of signed bytes", SmallSum(inner)),
            ("tar with eight digits in a sum", Whole(first, RawTar.Member(hidden, sum: all => Sum("{0:00000000}", all)))),
            ("tar behind a tar's end", [.. Whole(RawTar.Member([1])), .. Whole(RawTar.Member(inner))]),
        ]);
    }

    /// <summary>Members whose data some read as headers.</summary>
    private static IEnumerable<(string Name, byte[] Tar)> Behind(byte[] first, byte[] inner)
    {
        const int Blocks = 30;
        var next = RawTar.Member(inner, name: "x.tgz");
        byte[] hidden = [.. Filling(Blocks), .. next];
        var size = $"{Blocks * 512}";
        (string, byte[]) Case(string name, params byte[][] members) => ($"tar with {name}", Whole([first, .. members]));
        yield return Case("a size of zero bytes", RawTar.Member([], size: new byte[12]), next);
        yield return Case("a size of spaces", RawTar.Member([], size: [.. Enumerable.Repeat((byte)' ', 12)]), next);
        yield return Case(
            "a list of names behind a size",
            RawTar.Fields(("size", size)),
            RawTar.Member(hidden, 'D', name: "d/"),
            RawTar.Member(new byte[Blocks * 512]));
        yield return Case(
            "a long name behind a size", RawTar.Fields(("size", size)), RawTar.Member(hidden, 'L'), RawTar.Member(new byte[Blocks * 512]));
        yield return Case("a size behind two spaces", RawTar.Fields((" size", size)), RawTar.Member(hidden));
        yield return Case("a size behind a tab", RawTar.Fields(("\tsize", size)), RawTar.Member(hidden));
        yield return Case("a link behind a zero byte and a line's end", RawTar.Member(hidden, link: "\0\nx"));
        yield return Case("a folder behind a zero byte and a line's end", RawTar.Member(hidden, name: "f\0\n" + new string('a', 96) + "/"));
        yield return Case("a long name with a zero byte in it", RawTar.Member("d/\0junk"u8.ToArray(), 'L'), RawTar.Member(hidden));
        yield return Case("a long name of a zero byte", RawTar.Member([0], 'L'), RawTar.Member(hidden));
        yield return Case("a path with a zero byte in it", RawTar.Fields(("path", "d/\0junk")), RawTar.Member(hidden));
        yield return Case("an empty path", RawTar.Fields(("path", "")), RawTar.Member(hidden));
        yield return Case("a path inside of a field", RawTar.Fields(("comment", "x\n11 path=d/")), RawTar.Member(hidden));
        yield return Case(
            "a folder's path in front of another", RawTar.Member("11 path=d/\n011 path=f\n"u8.ToArray(), 'x'), RawTar.Member(hidden));
        yield return Case("two paths", RawTar.Fields(("path", "d/"), ("path", "f")), RawTar.Member(hidden));
        yield return Case("headers in a member", RawTar.Member(hidden));
        var (front, back) = (Eicar.Bytes[..30], Eicar.Bytes[30..]);
        yield return Case(
            "a sparse file behind two spaces",
            RawTar.Fields((" GNU.sparse.size", "68"), (" GNU.sparse.numblocks", "2"), (" GNU.sparse.map", "30,38,0,30")),
            RawTar.Member([.. back, .. new byte[512 - back.Length], .. front, .. new byte[512 - front.Length]]));
    }

    private static byte[] Filling(int blocks) => [.. Enumerable.Repeat((byte)'G', blocks * 512)];

    private static byte[] Sum(string format, int sum) =>
        Encoding.Latin1.GetBytes(
            string.Format(CultureInfo.InvariantCulture, format, int.Parse(Convert.ToString(sum, 8), CultureInfo.InvariantCulture)));

    /// <summary>Bytes that count as less than nothing make up for all others.</summary>
    private static byte[] SmallSum(byte[] inner)
    {
        for (var length = 1; ; length++)
        {
            var name = new string('\u00e9', length);
            var sum = 0;
            var member = RawTar.Member(
                inner, name: name, mark: "", isSigned: true, sum: all => Encoding.ASCII.GetBytes($"{Convert.ToString(sum = all, 8)}\0"));
            if (sum is >= 0 and < 256)
            {
                return Whole(member);
            }

            if (sum < 0)
            {
                throw new InvalidOperationException("there is no such name");
            }
        }
    }

    private static IEnumerable<CorpusCase> Held(IEnumerable<(string Name, byte[] Tar)> tars) => tars.SelectMany(one => new[]
    {
        new CorpusCase(one.Name, one.Tar),
        new CorpusCase($"{one.Name}, in a gzip", Packers.Gzip(one.Tar)),
        new CorpusCase($"{one.Name}, in a zip", new RawZip().Build(one.Tar)),
        new CorpusCase($"{one.Name}, in a stored zip", new RawZip { Method = 0 }.Build(one.Tar)),
    });

    private static IEnumerable<CorpusCase> Gzips()
    {
        var tar = Packers.Tar(Eicar.Bytes);
        var gzip = Packers.Gzip(tar);
        var first = Packers.Gzip(Whole(RawTar.Member([1]))[..1024]);
        byte[] With(int at, byte value)
        {
            var changed = gzip.ToArray();
            changed[at] = value;
            return changed;
        }

        byte[] wrongSum = [.. With(3, 2)[..10], 0, 0, .. gzip[10..]];
        List<(string Name, byte[] Gzip)> gzips =
        [
            ("gzip with a reserved flag", With(3, 0x20)),
            ("gzip with a reserved flag behind a gzip", [.. first, .. With(3, 0x20)]),
            ("gzip whose header has a wrong sum", wrongSum),
            ("gzip behind zeros behind a gzip", [.. first, .. new byte[8], .. gzip]),
            ("gzip behind 100,000 zeros behind a gzip", [.. first, .. new byte[100_000], .. gzip]),
            (
                "gzip with the mark of an office document",
                [0x1f, 0x8b, 8, 8, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, (byte)'x', 0, .. gzip[10..]]),
            ("gzip in front of what compress wrote", [.. first, 0x1f, 0x9d, 0x90, .. tar]),
            ("gzip in front of what pack wrote", [.. first, 0x1f, 0x1e, 0, .. tar]),
            ("gzip of the old kind", With(1, 0x9e)),
            ("gzip of the old kind behind a gzip", [.. first, .. With(1, 0x9e)]),
            ("gzip that copies from in front of its beginning", FromInFront(tar)),
        ];
        return gzips.SelectMany(
            one => new[] { new CorpusCase(one.Name, one.Gzip), new CorpusCase($"{one.Name}, in a zip", new RawZip().Build(one.Gzip)) });
    }

    private static IEnumerable<CorpusCase> Xzs()
    {
        var tar = Packers.Tar(Eicar.Bytes);
        var xz = PythonPackers.Xz(tar);
        var other = PythonPackers.Xz(Packers.Tar(RandomNumberGenerator.GetBytes(100_000)));
        List<(string Name, byte[] Xz)> xzs =
        [
            ("xz without its last byte", xz[..^1]),
            ("xz without its footer", xz[..^12]),
            ("xz with zeros that are no padding", [.. xz, 0, 0, 0]),
            ("xz in front of one that is cut off", [.. xz, .. other[..^1]]),
            ("xz in front of something else", [.. xz, .. "something"u8]),
            ("xz with a broken end of its chunks", BrokenEnd(PythonPackers.Xz([.. tar, .. RandomNumberGenerator.GetBytes(300_000)]))),
            ("bzip2 that is cut off", PythonPackers.Bzip2(tar)[..^4]),
            ("xz with a filter for other processors", PythonPackers.XzForArm64(tar)),
        ];
        return xzs.SelectMany(one => new[]
        {
            new CorpusCase(one.Name, one.Xz),
            new CorpusCase($"{one.Name}, in a zip", new RawZip().Build(one.Xz)),
            new CorpusCase($"{one.Name}, in a tar in gzip", Packers.Gzip(Packers.Tar(one.Xz))),
            new CorpusCase($"{one.Name}, in a deb", PackageCases.Deb(Packers.Gzip(Packers.Tar([1])), one.Xz, ".xz")),
        });
    }

    private static CorpusCase OldPackage()
    {
        var control = Packers.Gzip(Packers.Tar([1]));
        return new CorpusCase(
            "package of the old format",
            [.. "0.939000\n"u8, .. Encoding.ASCII.GetBytes($"{control.Length}\n"), .. control, .. Packers.Gzip(Packers.Tar(Eicar.Bytes))]);
    }

    private static IEnumerable<CorpusCase> Programs()
    {
        byte[] script = [.. "MSCF=1\n# <html>\n#....."u8, .. new byte[20], (byte)'\n', .. "echo "u8, .. Eicar.Bytes];
        byte[] folded =
        [
            0xfe,
            0xff,
            .. Encoding.BigEndianUnicode.GetBytes(string.Concat("<html>".Select(letter => (char)(0xf0 + letter)))),
            .. "\necho ok\n#"u8,
            .. Eicar.Bytes
        ];
        yield return new CorpusCase("program with a page in letters that are folded", folded);
        yield return new CorpusCase("program with a page in letters that are folded, in a zip", new RawZip().Build(folded));
        yield return new CorpusCase("program that begins as a cabinet", script);
        yield return new CorpusCase("program that begins as a cabinet, in a gzip", Packers.Gzip(script));
        yield return new CorpusCase("program that begins as a cabinet, in a zip", new RawZip().Build(script));
    }

    private static byte[] Whole(params byte[][] members) => [.. members.SelectMany(member => member), .. RawTar.End];

    /// <summary>No zero in its first 1024 bytes: what is no field is filled with spaces.</summary>
    private static byte[] OldText(byte[] inner)
    {
        var first = RawTar.Member([.. Enumerable.Repeat((byte)'x', 600)], name: "# <html> ".PadRight(100, 'x'), mark: "");
        for (var at = 0; at < 512; at++)
        {
            if (first[at] == 0)
            {
                first[at] = at == 156 ? (byte)'0' : (byte)' ';
            }
        }

        "        "u8.CopyTo(first.AsSpan(148));
        Encoding.ASCII.GetBytes(Convert.ToString(first.Take(512).Sum(one => one), 8).PadLeft(7, ' ') + " ").CopyTo(first, 148);
        return Whole(first, RawTar.Member(inner, mark: ""));
    }

    /// <summary>The end mark of the chunks stands in front of the block's filling, its sum of 8 bytes, the index and the footer.</summary>
    private static byte[] BrokenEnd(byte[] xz)
    {
        const int BlockAt = 12;
        const int ChunkHeader = 5;
        var at = BlockAt + ((xz[BlockAt] + 1) * 4);
        while (xz[at] != 0)
        {
            var header = xz[at] >= 0x80 ? ChunkHeader + (xz[at] >= 0xc0 ? 1 : 0) : 3;
            at += header + BinaryPrimitives.ReadUInt16BigEndian(xz.AsSpan(xz[at] >= 0x80 ? at + 3 : at + 1)) + 1;
        }

        xz[at] = 0x7f;
        return xz;
    }

    /// <summary>GNU gzip's window begins as zeros; a decoder that goes by RFC 1951 stops at a distance that is too large.</summary>
    private static byte[] FromInFront(byte[] content)
    {
        const int Zeros = 30;
        using var file = new MemoryStream();
        file.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
        WriteStored(file, content.AsSpan(0, Zeros));
        // A block of fixed codes: length 3, distance 769, end; LSB first, and a stored block that ends at a byte.
        var (bits, count) = (0UL, 0);
        void Put(uint value, int length)
        {
            bits |= (ulong)value << count;
            count += length;
        }

        void PutCode(uint code, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--)
            {
                Put((code >> bit) & 1, 1);
            }
        }

        Put(0, 1);
        Put(1, 2);
        PutCode(1, 7);
        PutCode(19, 5);
        Put(0, 8);
        PutCode(0, 7);
        Put(0, 3);
        for (var at = 0; at < count; at += 8)
        {
            file.WriteByte((byte)(bits >> at));
        }

        file.Write([0, 0, 0xff, 0xff]);
        file.Write(Packers.Deflate(content[(Zeros + 3)..]));
        Span<byte> end = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(end, Checksums.Crc32(content));
        BinaryPrimitives.WriteInt32LittleEndian(end[4..], content.Length);
        file.Write(end);
        return file.ToArray();
    }

    private static void WriteStored(MemoryStream file, ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[5];
        BinaryPrimitives.WriteUInt16LittleEndian(head[1..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)~bytes.Length);
        file.Write(head);
        file.Write(bytes);
    }
}
