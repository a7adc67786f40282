using System.Buffers.Binary;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>What scanner and client read differently, without a scanner: the look alone refuses it.</summary>
public sealed class DoubtfulArchiveTests
{
    private const int Patience = 60_000;
    private static readonly byte[] Gzip = Packers.Gzip(Packers.Tar([1]));

    [Fact(Timeout = Patience)]
    public async Task DoubtfulFiles_AreRefusedByTheLookAlone()
    {
        List<string> passed = [];
        foreach (var one in DoubtfulCases.Refused())
        {
            if (await InspectorRig.AtAsync(one.Body) is { Trouble: ArchiveTrouble.None })
            {
                passed.Add(one.Name);
            }
        }

        Assert.Empty(passed);
    }

    /// <summary>A policy that lets broken files of an archive pass lets none of these pass: they are what a client unpacks.</summary>
    [Fact(Timeout = Patience)]
    public async Task DoubtfulFilesThatAreNoFilesOfAnother_AreRefusedAsAWhole()
    {
        string[] places = [", in a zip", ", in a stored zip", ", in a tar in gzip"];
        List<string> ambiguous = [];
        foreach (var one in DoubtfulCases.Refused().Where(one => !places.Any(place => one.Name.EndsWith(place, StringComparison.Ordinal))))
        {
            if (await InspectorRig.AtAsync(one.Body) is { Trouble: ArchiveTrouble.Ambiguous } finding)
            {
                ambiguous.Add($"{one.Name}: {finding.Detail}");
            }
        }

        Assert.Empty(ambiguous);
    }

    /// <summary>Each mark may be of packed bytes, which takes a try to tell.</summary>
    [Theory(Timeout = Patience)]
    [InlineData(256, ArchiveTrouble.None)]
    [InlineData(257, ArchiveTrouble.Contradictory)]
    public async Task BytesBehindAGzipThatMayBeGzips_AreBounded(int count, object trouble) =>
        await InspectorRig.AssertAsync(
            (ArchiveTrouble)trouble, [.. Gzip, .. Enumerable.Repeat<byte[]>([1, 0x1f, 0x8b, 8], count).SelectMany(one => one)]);

    [Fact(Timeout = Patience)]
    public async Task TarThatEndsInTheMiddleOfItsFields_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, [.. RawTar.Member([1]), .. RawTar.Fields(("comment", new string('x', 600)))[..600]]);

    [Fact(Timeout = Patience)]
    public async Task TarWithOtherSizesInItsFields_IsContradictory()
    {
        await InspectorRig.AssertAsync(ArchiveTrouble.None, [.. RawTar.Fields(("size", "1")), .. RawTar.Member([1]), .. RawTar.End]);
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, [.. RawTar.Fields(("size", "600")), .. RawTar.Member([1]), .. RawTar.End]);
    }

    [Fact(Timeout = Patience)]
    public async Task SecondXzWithoutAMark_IsContradictory()
    {
        var xz = PythonPackers.Xz([1, 2, 3]);
        var other = xz.ToArray();
        other[0]++;
        await InspectorRig.AssertAsync(ArchiveTrouble.None, [.. xz, .. xz]);
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, [.. xz, .. other]);
    }

    [Fact(Timeout = Patience)]
    public async Task XzWhoseIndexBeginsAsABlock_IsContradictory()
    {
        var xz = PythonPackers.Xz([1, 2, 3]);
        xz[IndexAt(xz)] = 1;
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, xz);
    }

    [Fact(Timeout = Patience)]
    public async Task XzWithSomethingBehindItsLastChunk_IsContradictory()
    {
        var xz = PythonPackers.Xz([1, 2, 3]);
        var (indexAt, checkLength, lengthAt) = (IndexAt(xz), 8, IndexAt(xz) + 2);
        xz[lengthAt] += 4;
        var checkAt = indexAt - checkLength;
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, [.. xz[..checkAt], 0, 0, 0, 0, .. xz[checkAt..]]);
    }

    [Fact(Timeout = Patience)]
    public async Task XzWhoseBlocksAreLongerThanAnyFile_IsContradictory()
    {
        byte[] longest = [.. Enumerable.Repeat((byte)0xff, 8), 0x7f];
        byte[] index = [0, 2, .. longest, 1, .. longest, 1, 0, 0, .. new byte[4]];
        byte[] footer = [0, 0, 0, 0, (byte)((index.Length / 4) - 1), 0, 0, 0, 0, 4, .. "YZ"u8];
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, [.. PythonPackers.Xz([1, 2, 3])[..12], .. index, .. footer]);
    }

    private static int IndexAt(byte[] xz)
    {
        const int FooterLength = 12;
        var length = (BinaryPrimitives.ReadInt32LittleEndian(xz.AsSpan(xz.Length - 8)) + 1) * 4;
        return xz.Length - FooterLength - length;
    }
}
