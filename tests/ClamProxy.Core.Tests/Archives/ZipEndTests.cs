using System.Buffers.Binary;
using System.Text;
using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>Ends of zips that a scanner takes for others, or does not find.</summary>
public sealed class ZipEndTests
{
    private const int Patience = 60_000;
    private static readonly byte[] Script = "#!/bin/sh\n"u8.ToArray();

    [Theory(Timeout = Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ZipWithAnEndsMarkBehind_IsScannedByItselfUpToItsEnd(bool isBehindScript)
    {
        var zip = new RawZip { Prefix = isBehindScript ? Script : [] }.Build([1, 2, 3]);
        var finding = await InspectorRig.AtAsync([.. zip, .. ZipEndCases.MadeUpEnd()]);
        Assert.Equal(ArchiveTrouble.None, finding.Trouble);
        Assert.Equal(zip.Length, Assert.Single(finding.Embedded).EndsAt);
    }

    [Fact(Timeout = Patience)]
    public async Task ZipWithAnEndsMarkInItsComment_IsScannedByItselfUpToItsEnd()
    {
        var comment = ZipEndCases.MadeUpEnd();
        var zip = new RawZip { Comment = comment }.Build([1, 2, 3]);
        Assert.Equal(zip.Length - comment.Length, Assert.Single((await InspectorRig.AtAsync(zip)).Embedded).EndsAt);
    }

    [Fact(Timeout = Patience)]
    public async Task ZipWithoutAnotherMarkBehind_IsScannedOnce() =>
        Assert.Empty(
            (
                await InspectorRig.AtAsync(
                    [.. new RawZip { Comment = new byte[100] }.Build(ZipEndCases.MadeUpEnd()), .. new byte[100]])).Embedded);

    /// <summary>Where the scanner finds nothing, somebody who goes by the offset alone finds the directory.</summary>
    [Theory(Timeout = Patience)]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(45)]
    [InlineData(70)]
    [InlineData(int.MaxValue)]
    public async Task EndWhoseLengthIsWrong_IsContradictory(int length)
    {
        var zip = new RawZip
        {
            Prefix = Script,
            CountsPrefix = true,
            HasDescriptors = true,
            End = end => BinaryPrimitives.WriteInt32LittleEndian(end.AsSpan(12), length),
        }.Build([1, 2, 3]);
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, zip);
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip().Build(zip));
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip { Method = 0 }.Build(zip));
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, Packers.Gzip(Packers.Tar(zip)));
    }

    [Fact(Timeout = Patience)]
    public async Task EmptyEndThatNamesADirectory_IsContradictory() =>
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory,
            new RawZip { Prefix = Script, CountsPrefix = true, End = end => end.AsSpan(8, 8).Clear() }.Build([1, 2, 3]));

    /// <summary>bsdtar looks for the first member of a directory from where the length says.</summary>
    [Fact(Timeout = Patience)]
    public async Task DirectoryBehindWhereTheLengthSays_IsContradictory()
    {
        var zip = new RawZip { Prefix = Script, End = end => end[12] += 10 }.Build([1, 2, 3]);
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, zip);
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip().Build(zip));
    }

    [Fact(Timeout = Patience)]
    public async Task DirectoryThatGoesOnBehindItsEnd_IsContradictory()
    {
        var finding = await InspectorRig.AtAsync(
            new RawZip { End = end => (end[8], end[10], end[12]) = (1, 1, 47) }.Build(("a", [1]), ("bb", [2])));
        Assert.Equal("It is a broken zip: its directory continues after its end.", finding.Detail);
    }

    /// <summary>A scan of it by itself would have zeros there.</summary>
    [Fact(Timeout = Patience)]
    public async Task DirectoryInFrontOfItsMembers_IsContradictory()
    {
        var zip = new RawZip().Build([1, 2, 3]);
        var directoryAt = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        byte[] turned = [.. zip[directoryAt..^22], .. zip[..directoryAt], .. zip[^22..]];
        turned[42] = (byte)(zip.Length - 22 - directoryAt);
        turned[^6] = 0;
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, turned);
    }

    [Theory(Timeout = Patience)]
    [InlineData("PK00")]
    [InlineData("PK00 and more ")]
    [InlineData("PK\u0007\u0008")]
    public async Task MembersBehindASpanningMarkThatNoDirectoryLists_AreContradictory(string mark)
    {
        byte[] spanned = [.. Encoding.ASCII.GetBytes(mark), .. new RawZip().Build([1, 2, 3])];
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(spanned)).Trouble);
        await InspectorRig.AssertAsync(ArchiveTrouble.Contradictory, spanned[..^22]);
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip().Build(spanned[..^22]));
    }

    /// <summary>unzip finds it there.</summary>
    [Theory(Timeout = Patience)]
    [InlineData(73_000, 1)]
    [InlineData(200_000, 0)]
    public async Task ZipInFrontOfMuch_IsScannedByItself(int length, int scans)
    {
        byte[] far = [.. new RawZip { Prefix = Script }.Build([1, 2, 3]), .. new byte[length]];
        Assert.Equal(scans, (await InspectorRig.AtAsync(far)).Embedded.Count);
        Assert.Equal(scans, (await InspectorRig.AtAsync(new RawZip().Build(far))).Embedded.Count);
    }
}
