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
        var finding = await Looks.AtAsync([.. zip, .. ZipEndCases.MadeUpEnd()]);
        Assert.Equal(ArchiveTrouble.None, finding.Trouble);
        Assert.Equal(zip.Length, Assert.Single(finding.Hidden).EndsAt);
    }

    [Fact(Timeout = Patience)]
    public async Task ZipWithAnEndsMarkInItsComment_IsScannedByItselfUpToItsEnd()
    {
        var comment = ZipEndCases.MadeUpEnd();
        var zip = new RawZip { Comment = comment }.Build([1, 2, 3]);
        Assert.Equal(zip.Length - comment.Length, Assert.Single((await Looks.AtAsync(zip)).Hidden).EndsAt);
    }

    [Fact(Timeout = Patience)]
    public async Task ZipWithoutAnotherMarkBehind_IsScannedOnce() =>
        Assert.Empty((await Looks.AtAsync([.. new RawZip { Comment = new byte[100] }.Build(ZipEndCases.MadeUpEnd()), .. new byte[100]])).Hidden);
}
