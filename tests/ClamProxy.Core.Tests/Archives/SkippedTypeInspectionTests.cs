using System.Text;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>What the scanner passes over is scanned once more, in few scans.</summary>
public sealed class SkippedTypeInspectionTests
{
    private const int Patience = 60_000;
    private static readonly byte[] Page = "<html></html>"u8.ToArray();

    [Theory(Timeout = Patience)]
    [InlineData("ID3=0\n", 1)]
    [InlineData("<p>This is <HTML>", 1)]
    [InlineData("a < b, c > d", 0)]
    [InlineData("", 0)]
    public async Task Beginning_Tells(string text, int scans) =>
        Assert.Equal(scans, (await InspectorRig.AtAsync(Encoding.Latin1.GetBytes(text))).Prefixed);

    [Theory(Timeout = Patience)]
    [InlineData(1018, 1)]
    [InlineData(1025, 0)]
    public async Task MarkBehindWhatClamdGoesBy_IsNone(int at, int scans) =>
        Assert.Equal(scans, (await InspectorRig.AtAsync([.. new byte[at], .. "<html>"u8])).Prefixed);

    [Fact(Timeout = Patience)]
    public async Task MembersOfOneZip_ShareAScan()
    {
        var zip = new RawZip().Build([.. Enumerable.Range(0, 100).Select(number => ($"{number}.html", Page))]);
        Assert.Equal((ArchiveTrouble.None, 1), Told(await InspectorRig.AtAsync(zip)));
    }

    [Fact(Timeout = Patience)]
    public async Task MembersOverWhatTheScannerLooksAt_TakeMoreScans()
    {
        byte[] large = [.. Page, .. new byte[InspectorRig.Limit / 2]];
        var zip = new RawZip().Build([.. Enumerable.Range(0, 3).Select(number => ($"{number}.html", large))]);
        Assert.Equal((ArchiveTrouble.None, 3), Told(await InspectorRig.AtAsync(zip)));
    }

    [Theory(Timeout = Patience)]
    [InlineData(4096, ArchiveTrouble.None)]
    [InlineData(4097, ArchiveTrouble.TooMuch)]
    public async Task MoreZipsWithSuchMembers_IsTooMuch(int count, object trouble)
    {
        var inner = new RawZip().Build(("a.html", Page));
        var zip = new RawZip { Method = 0 }.Build([.. Enumerable.Range(0, count).Select(number => ($"{number}.jar", inner))]);
        Assert.Equal((ArchiveTrouble)trouble, (await InspectorRig.AtAsync(zip)).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerThatLooksAtLess_IsNotBelieved()
    {
        byte[] page = [.. Page, .. new byte[5000]];
        Assert.Equal(
            ArchiveTrouble.None,
            (await InspectorRig.AtAsync(page, shown: new ArchiveLimits(page.Length + SkippedTypes.HeadLength, long.MaxValue))).Trouble);
        Assert.Equal(
            ArchiveTrouble.TooLarge,
            (await InspectorRig.AtAsync(page, shown: new ArchiveLimits(page.Length + SkippedTypes.HeadLength - 1, long.MaxValue))).Trouble);
    }

    [Theory(Timeout = Patience)]
    [InlineData("package/x", "ustar\000", 0)]
    [InlineData("package/x", "", 1)]
    [InlineData("MM-1.0/x", "ustar\000", 1)]
    [InlineData("SQLite format 3\0x", "ustar\000", 1)]
    public async Task TarThatMayBeTakenForSomethingElse_IsScannedBehindAFront(string name, string mark, int scans)
    {
        byte[] tar = [.. RawTar.Member([1, 2, 3], name: name, mark: mark), .. RawTar.End];
        Assert.Equal((ArchiveTrouble.None, scans), Told(await InspectorRig.AtAsync(tar)));
        Assert.Equal((ArchiveTrouble.None, scans), Told(await InspectorRig.AtAsync(new RawZip().Build(tar))));
        Assert.Equal((ArchiveTrouble.None, scans), Told(await InspectorRig.AtAsync(Packers.Gzip(tar))));
    }

    private static (ArchiveTrouble Trouble, int Prefixed) Told(ArchiveFinding finding) => (finding.Trouble, finding.Prefixed);
}
