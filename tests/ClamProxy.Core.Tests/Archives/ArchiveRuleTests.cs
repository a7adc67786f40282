using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>One rule each: what would be let pass without it.</summary>
public sealed class ArchiveRuleTests
{
    private const int Patience = 60_000;
    private static readonly byte[] Script = "#!/bin/sh\n"u8.ToArray();

    /// <summary>Begins as a rar, and bears a tar's mark where a tar has it.</summary>
    private static readonly byte[] TwoKinds = [.. "Rar!"u8, .. new byte[253], .. "ustar\0"u8, .. new byte[300]];

    [Fact(Timeout = Patience)]
    public async Task CabinetWithAFileOverTheLimit_IsTooLarge() =>
        await InspectorRig.AssertAsync(ArchiveTrouble.TooLarge, Packers.Cabinet(new byte[InspectorRig.Limit + 1], isPacked: true));

    [Fact(Timeout = Patience)]
    public async Task CabinetWhoseListEndsTooEarly_IsContradictory()
    {
        var cabinet = Packers.Cabinet([1, 2, 3], isPacked: false);
        cabinet[28] = 2;
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, cabinet[..62]);
    }

    [Fact(Timeout = Patience)]
    public async Task TwoKindsAtOnce_IsContradictory()
    {
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, TwoKinds);
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip().Build(TwoKinds));
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip { Method = 0 }.Build(TwoKinds));
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, Packers.Tar(TwoKinds));
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, Packers.Gzip(TwoKinds));
    }

    [Fact(Timeout = Patience)]
    public async Task HiddenZipThatBearsATarsMark_IsContradictory()
    {
        await InspectorRig.AssertAsync(
            ArchiveTrouble.None, new RawZip { Prefix = Script, Extra = ZipCases.MarkAt(257, "vstar\0"u8, 40, 600) }.Build([1, 2, 3]));
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory,
            new RawZip { Prefix = Script, Extra = ZipCases.MarkAt(257, "ustar\0"u8, 40, 600) }.Build([1, 2, 3]));
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory,
            new RawZip
            {
                Prefix = Script,
                CountsPrefix = true,
                Extra = ZipCases.MarkAt(257, "ustar\0"u8, 40 + Script.Length, 600),
            }.Build([1, 2, 3]));
    }

    [Fact(Timeout = Patience)]
    public async Task PackageWhosePartsAreNotWhereItSays_IsContradictory()
    {
        var deb = PackageCases.Deb([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], ".gz");
        await InspectorRig.AssertAsync(ArchiveTrouble.None, deb);
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, deb[..^3]);
        var rpm = PackageCases.Rpm([1, 2, 3, 4, 5, 6]);
        await InspectorRig.AssertAsync(ArchiveTrouble.None, rpm);
        rpm[96]++;
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, rpm);
    }

    /// <summary>
    /// A digit and something else where a sum stands, and a sum of that digit: one of 70,000 files of random bytes has that somewhere in
    /// its first blocks.
    /// </summary>
    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(14)]
    public async Task BytesThatLookLikeASumByChance_AreNoTar(int block)
    {
        var content = new byte[10_000];
        content.AsSpan().Fill(1);
        var chance = content.AsSpan(block * 512, 512);
        chance.Clear();
        // Counted as signed, with 8 spaces for the sum: 256 - 128 - 121 = 7.
        (chance[0], chance[1], chance[148], chance[149]) = (0x80, 0x87, (byte)'7', 0x11);
        await InspectorRig.AssertAsync(ArchiveTrouble.None, content);
    }

    /// <summary>
    /// From files of a developer's machine: an object file's zeros behind 255, and a page in which a sum's digits stand among letters.
    /// </summary>
    [Theory(Timeout = Patience)]
    [InlineData("\u00ff\0\0\0\0\0\0\0", 2, 0x80, 0)]
    [InlineData("63zM464 ", 504, 51, 460)]
    public async Task SumByChanceInTheMiddleOfAFile_IsNoTar(string field, int count, byte one, int rest)
    {
        List<byte> others = [.. Enumerable.Repeat(one, count), .. new byte[504 - count]];
        for (var at = 0; rest > 0; at++)
        {
            var more = Math.Min(rest, 100);
            (others[at], rest) = ((byte)(others[at] + more), rest - more);
        }

        await InspectorRig.AssertAsync(
            ArchiveTrouble.None,
            [.. Enumerable.Repeat((byte)1, 512), .. others[..148], .. Encoding.Latin1.GetBytes(field), .. others[148..]]);
    }

    /// <summary>The same with a zero byte behind the digit, as GNU tar wants it: what has a size besides is a header.</summary>
    [Theory(Timeout = Patience)]
    [InlineData("", ArchiveTrouble.Contradictory)]
    [InlineData("0000012\0junk", ArchiveTrouble.Contradictory)]
    [InlineData("12 \0junk", ArchiveTrouble.Contradictory)]
    [InlineData("junk", ArchiveTrouble.None)]
    [InlineData("12junk", ArchiveTrouble.None)]
    public async Task SmallSum_IsOneBySize(string size, object trouble)
    {
        var block = new byte[512];
        Encoding.ASCII.GetBytes(size).CopyTo(block, 124);
        // Counted as signed, with 8 spaces for the sum: 7.
        LowerSignedSum(block, block.Sum(one => one) + 256 - 7);
        block[148] = (byte)'7';

        await InspectorRig.AssertAsync((ArchiveTrouble)trouble, [.. block, .. Enumerable.Repeat((byte)1, 512)]);
    }

    /// <summary>Digits among other bytes, as Python may read them, and a sum of signed bytes that is theirs.</summary>
    [Theory(Timeout = Patience)]
    [InlineData("0000012", ArchiveTrouble.Contradictory)]
    [InlineData("junk", ArchiveTrouble.None)]
    public async Task DigitsOfASignedSum_AreOneBySize(string size, object trouble)
    {
        var block = new byte[512];
        Encoding.ASCII.GetBytes(size).CopyTo(block, 124);
        "_4_0_0"u8.CopyTo(block.AsSpan(148));
        LowerSignedSum(block, block[124..136].Sum(one => one));

        await InspectorRig.AssertAsync((ArchiveTrouble)trouble, [.. block, .. Enumerable.Repeat((byte)1, 512)]);
    }

    /// <summary>
    /// RFC 1952 knows one method, and nobody unpacks another: one of 65,536 files of random bytes begins with the first two bytes.
    /// </summary>
    [Theory(Timeout = Patience)]
    [InlineData(7, ArchiveTrouble.None)]
    [InlineData(8, ArchiveTrouble.Contradictory)]
    [InlineData(0x9d, ArchiveTrouble.None)]
    public async Task FileThatBeginsAsAGzip_IsOneByItsMethod(byte method, object trouble) =>
        await InspectorRig.AssertAsync((ArchiveTrouble)trouble, [0x1f, 0x8b, method, 0xff, .. Enumerable.Repeat((byte)7, 5000)]);

    [Fact(Timeout = Patience)]
    public async Task SparseFileOfATar_IsTooMuch() =>
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, [.. RawTar.Member([1, 2, 3], type: 'S'), .. RawTar.End]);

    [Theory(Timeout = Patience)]
    [InlineData(1 << 20, ArchiveTrouble.Contradictory)]
    [InlineData((1 << 20) - 100, ArchiveTrouble.None)]
    public async Task TarWhoseFieldsAreTooLong_IsContradictory(int length, object trouble) =>
        await InspectorRig.AssertAsync(
            (ArchiveTrouble)trouble, [.. RawTar.Fields(("comment", new string('x', length))), .. RawTar.Member([1, 2, 3]), .. RawTar.End]);

    [Theory(Timeout = Patience)]
    [InlineData("13 comment=x\n", ArchiveTrouble.None)]
    [InlineData("99 comment=x\n", ArchiveTrouble.Contradictory)]
    [InlineData("xx comment=x\n", ArchiveTrouble.Contradictory)]
    [InlineData("10 size=3\n", ArchiveTrouble.None)]
    [InlineData("11 size=3x\n", ArchiveTrouble.Contradictory)]
    public async Task TarWhoseFieldsAreNotReadable_IsContradictory(string fields, object trouble) =>
        await InspectorRig.AssertAsync(
            (ArchiveTrouble)trouble, [.. RawTar.Member(Encoding.ASCII.GetBytes(fields), 'x'), .. RawTar.Member([1, 2, 3]), .. RawTar.End]);

    [Fact(Timeout = Patience)]
    public async Task TarWhoseSizeIsNotInDigits_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, [.. RawTar.Member([1, 2, 3], size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]), .. RawTar.End]);

    [Fact(Timeout = Patience)]
    public async Task ZipWithACompressionThatTheScannerDoesNotOpen_IsTooMuch() =>
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, new RawZip { Method = 93 }.Build([1, 2, 3]));

    [Fact(Timeout = Patience)]
    public async Task ZipWithSizesOf64Bits_IsScannedWithTheSameIn32()
    {
        RawZip[] zips = [new() { HasWideEntries = true }, new() { HasWideEnd = true }, new() { HasWideEnd = true, HasWideEntries = true }];
        foreach (var zip in zips)
        {
            var finding = await InspectorRig.AtAsync(zip.Build(("a", [1, 2, 3]), ("b", [4])));
            Assert.Equal((ArchiveTrouble.None, 1), (finding.Trouble, finding.Embedded.Count));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task StoredMemberOfTwoLengths_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory,
            new RawZip { Method = 0, Entry = entry => entry[24]++, Local = header => header[22]++ }.Build([1, 2, 3]));

    [Fact(Timeout = Patience)]
    public async Task MemberWhoseOwnHeaderSaysSomethingElse_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, new RawZip { Prefix = Script, Local = header => header[8] = 0 }.Build([1, 2, 3]));

    [Fact(Timeout = Patience)]
    public async Task MemberBehindABzip2MembersEnd_IsContradictory()
    {
        var other = new RawZip().Build([1, 2, 3]);
        await InspectorRig.AssertAsync(
            ArchiveTrouble.None, new RawZip { Method = 12, HasDescriptors = true }.Build(new byte[other.Length]));
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, new RawZip { Method = 12, HasDescriptors = true }.Build(other[..60]));
    }

    /// <summary>clamd unpacks the first only, busybox all of them.</summary>
    [Fact(Timeout = Patience)]
    public async Task Bzip2MemberOfTwoStreams_IsTooMuch()
    {
        var bzip2 = PythonPackers.Bzip2([1, 2, 3]);
        await InspectorRig.AssertAsync(ArchiveTrouble.None, new RawZip { Method = 12 }.Build(bzip2));
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, new RawZip { Method = 12 }.Build([.. bzip2, .. bzip2]));
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, new RawZip { Method = 12 }.Build(bzip2[..^4]));
    }

    [Fact(Timeout = Patience)]
    public async Task MemberThatIsLongerThanTheFile_IsContradictory()
    {
        void Lengthen(byte[] header, int at)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), 1110);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at + 4), 1110);
        }

        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory,
            new RawZip { Method = 0, Entry = entry => Lengthen(entry, 20), Local = header => Lengthen(header, 18) }.Build(new byte[1000]));
    }

    [Theory(Timeout = Patience)]
    [InlineData(2, ArchiveTrouble.Contradictory)]
    [InlineData(4, ArchiveTrouble.None)]
    public async Task ZipBehindLessThanAMember_IsContradictory(int length, object trouble) =>
        await InspectorRig.AssertAsync(
            (ArchiveTrouble)trouble, new RawZip { Prefix = new byte[length], CountsPrefix = true }.Build([1, 2, 3]));

    [Fact(Timeout = Patience)]
    public async Task ZipWhoseEndAnnouncesOtherMembers_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, new RawZip { Prefix = Script, End = end => end[10]++ }.Build([1, 2, 3]));

    [Fact(Timeout = Patience)]
    public async Task ZipWhoseDirectoryHoldsSomethingElse_IsContradictory()
    {
        var entries = 0;
        var zip = new RawZip { Entry = entry => entry[0] += (byte)(entries++ == 1 ? 1 : 0) };
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, zip.Build(("a", [1]), ("b", [2])));
    }

    [Fact(Timeout = Patience)]
    public async Task ZipWhoseDirectoryIsNotWhereItsEndSays_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, new RawZip { Prefix = Script, End = end => end[17] += 100 }.Build([1, 2, 3]));

    [Theory(Timeout = Patience)]
    [InlineData(4, ArchiveTrouble.None)]
    [InlineData(5, ArchiveTrouble.Contradictory)]
    public async Task DirectoriesThatNameTheSameMembers_AreContradictory(int count, object trouble)
    {
        const int EndLength = 22;
        var zip = new RawZip { Method = 0 }.Build(RandomNumberGenerator.GetBytes(50_000));
        var directoryAt = BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(zip.Length - 6));
        List<byte> all = [.. zip[..directoryAt]];
        for (var number = 0; number < count; number++)
        {
            var again = zip[directoryAt..];
            BinaryPrimitives.WriteInt32LittleEndian(again.AsSpan(again.Length - EndLength + 16), all.Count);
            all.AddRange(again);
        }

        await InspectorRig.AssertAsync((ArchiveTrouble)trouble, [.. all]);
    }

    /// <summary>Each is read before it is known whether they are too many to scan.</summary>
    [Fact(Timeout = Patience)]
    public async Task EndsOfAZip_AreBounded()
    {
        var finding = await InspectorRig.AtAsync(
            [.. Enumerable.Repeat<byte[]>([.. "PK\u0005\u0006"u8, .. new byte[18]], 65).SelectMany(end => end)]);
        Assert.Equal("It is a zip with more than 64 ends.", finding.Detail);
    }

    [Theory(Timeout = Patience)]
    [InlineData(256, ArchiveTrouble.None)]
    [InlineData(257, ArchiveTrouble.TooMuch)]
    public async Task ArchivesThatHaveToBeScannedByThemselves_AreBounded(int count, object trouble)
    {
        var embedded = new RawZip { Prefix = Script }.Build([1, 2, 3]);
        await InspectorRig.AssertAsync(
            (ArchiveTrouble)trouble, new RawZip().Build([.. Enumerable.Range(0, count).Select(number => ($"{number}", embedded))]));
    }

    /// <summary>By its first bytes, which are zeros so far.</summary>
    private static void LowerSignedSum(byte[] block, int by)
    {
        for (var at = 0; by > 0; at++)
        {
            var one = Math.Min(by, -sbyte.MinValue);
            (block[at], by) = ((byte)(256 - one), by - one);
        }
    }
}
