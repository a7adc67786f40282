using System.Buffers.Binary;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>OLE2 documents, whose streams are no archives in the file's own bytes.</summary>
public sealed class CompoundFileTests
{
    private const int Patience = 60_000;

    private static readonly byte[] Secret =
        [.. Enumerable.Repeat("a secret that has to be scanned "u8.ToArray(), 4).SelectMany(one => one)];

    [Fact(Timeout = Patience)]
    public async Task ZipInAStreamInPieces_HasNothingWrong()
    {
        foreach (var one in CompoundCases.Clean())
        {
            var finding = await InspectorRig.AtAsync(one.Body);
            Assert.True(finding.Trouble is ArchiveTrouble.None, $"{one.Name}: {finding}");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task ZipInAStreamInPieces_IsScannedAsItIsInTheStream()
    {
        var zip = CompoundCases.Zip(Secret);

        var scanned = await ScannedAsync(RawCompound.Build(zip, CompoundCases.Apart));

        Assert.Contains(scanned, content => content.AsSpan().SequenceEqual(zip));
    }

    /// <summary>unzip, bsdtar and others take the file for a zip, and its directory leads there or not.</summary>
    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(8)]
    public async Task MemberOfAZipInNoStream_IsScannedByItself(int method)
    {
        var loose = new RawZip { Method = (ushort)method }.Build(Secret);

        var scanned = await ScannedAsync(RawCompound.Build(CompoundCases.Zip([1]), CompoundCases.Apart, (0, loose)));

        Assert.Contains(scanned, content => content.AsSpan().StartsWith(Secret));
    }

    /// <summary>A reader hands out what is in front of the break, to its last byte.</summary>
    [Fact(Timeout = Patience)]
    public async Task MemberOfAZipThatBreaksOff_IsScannedUpToTheBreak()
    {
        var loose = new RawZip { Method = 8 }.Build(Secret);
        var data = "PK\u0003\u0004"u8.Length + 26 + "member.bin".Length;
        byte[] broken = [.. loose[..data], 0, (byte)Secret.Length, 0, (byte)~Secret.Length, 0xff, .. Secret, 7, 7, 7];

        var scanned = await ScannedAsync(RawCompound.Build(CompoundCases.Zip([1]), CompoundCases.Apart, (0, broken)));

        Assert.Contains(scanned, content => content.AsSpan().StartsWith(Secret));
    }

    [Fact(Timeout = Patience)]
    public async Task StreamWithAZipThatTheScannerDoesNotOpen_IsRefused()
    {
        var zip = new RawZip { Method = 14 }.Build(("a", new byte[6000]));
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, RawCompound.Build(zip, CompoundCases.Apart));
    }

    [Fact(Timeout = Patience)]
    public async Task EncryptedMemberInNoStream_IsEncrypted()
    {
        var loose = new RawZip { Local = header => header[6] = 1 }.Build(Secret);
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Encrypted, RawCompound.Build(CompoundCases.Zip([1]), CompoundCases.Apart, (0, loose[..^30])));
    }

    [Fact(Timeout = Patience)]
    public async Task MemberInNoStreamOfAnotherMethod_IsRefused()
    {
        var loose = new RawZip { Method = 12 }.Build(Secret);
        await InspectorRig.AssertAsync(
            ArchiveTrouble.TooMuch, RawCompound.Build(CompoundCases.Zip([1]), CompoundCases.Apart, (0, loose[..^30])));
    }

    /// <summary>A chain that leads in circles is no stream: the file's own bytes are judged as those of any other.</summary>
    [Fact(Timeout = Patience)]
    public async Task ChainInCircles_IsJudgedAsAnyFile()
    {
        var file = RawCompound.Build(CompoundCases.Zip([1]), CompoundCases.Apart);
        for (var at = 512; at < 1024; at += 4)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) == 0xfffffffe)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), (uint)(at - 512) / 4);
            }
        }

        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, file);
    }

    /// <returns>All that was scanned by itself.</returns>
    private static async Task<List<byte[]>> ScannedAsync(byte[] content)
    {
        List<byte[]> scanned = [];
        using var meters = new TestMeters();
        using var look = new ArchiveInspector(new ArchiveOptions(), new ArchiveMetrics(meters), TimeProvider.System);
        var finding = await look.LookAsync(
            new CountingContent(content.Length, (0, content)),
            new ArchiveLimits(InspectorRig.Limit, long.MaxValue),
            async (_, open, cancelled) =>
            {
                using var bytes = new MemoryStream();
                await using var stream = open();
                await stream.CopyToAsync(bytes, cancelled);
                scanned.Add(bytes.ToArray());
                return null;
            },
            TestContext.Current.CancellationToken);
        Assert.True(finding.Trouble is ArchiveTrouble.None, finding.ToString());
        return scanned;
    }
}
