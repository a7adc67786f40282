using ClamProxy.Core.Archives;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>Archives that are broken, as files of a sound archive and as what is unpacked with it.</summary>
public sealed class AmbiguousArchiveTests
{
    private const int Patience = 60_000;

    private static readonly byte[] Inner = Packers.Tar([1, 2, 3]);

    private static readonly (string Name, byte[] Archive)[] Broken =
    [
        ("gzip with a reserved flag", With(Packers.Gzip(Inner), 3, 0x20)),
        ("gzip whose packed data are broken", [.. Packers.Gzip(Inner)[..10], 0xff, .. new byte[100]]),
        ("gzip with a wrong sum in front of another", [.. WrongSum(Packers.Gzip(Inner)), .. Packers.Gzip(Inner)]),
        (
            "gzip with a wrong sum in front of zeros and another",
            [.. WrongSum(Packers.Gzip(Inner)), .. new byte[50], .. Packers.Gzip(Inner)]),
        ("two bzip2 streams", [.. PythonPackers.Bzip2(Inner), .. PythonPackers.Bzip2(Inner)]),
        ("bzip2 that breaks off", PythonPackers.Bzip2(Inner)[..^5]),
        ("zip of another method", new RawZip { Method = 14 }.Build(new byte[100])),
        ("zip that breaks off", new RawZip().Build(Inner)[..^30]),
        ("tar with something between its members", [.. RawTar.Member([1]), .. new byte[512], .. RawTar.Member([2]), .. RawTar.End]),
    ];

    [Fact(Timeout = Patience)]
    public async Task BrokenArchiveAsAFileOfASoundOne_IsAmbiguous()
    {
        foreach (var (name, archive) in Broken)
        {
            foreach (var holder in Holders(archive))
            {
                var finding = await InspectorRig.AtAsync(holder);
                Assert.True(finding.Trouble is ArchiveTrouble.Ambiguous, $"{name}: {finding}");
            }
        }
    }

    [Fact(Timeout = Patience)]
    public async Task BrokenArchiveByItself_IsRefusedAsAWhole()
    {
        foreach (var (name, archive) in Broken)
        {
            var finding = await InspectorRig.AtAsync(archive);
            Assert.True(finding.Trouble is ArchiveTrouble.Contradictory or ArchiveTrouble.TooMuch, $"{name}: {finding}");
        }
    }

    /// <summary>Whoever unpacks the outer one unpacks these too.</summary>
    [Fact(Timeout = Patience)]
    public async Task BrokenArchiveAsALayer_IsRefusedAsAWhole()
    {
        var zip = new RawZip { Method = 14 }.Build(new byte[100]);
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, Packers.Gzip(zip));
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, Packers.Gzip(Packers.Gzip(zip)));
        await InspectorRig.AssertAsync(
            ArchiveTrouble.TooMuch,
            PackageCases.Deb(Packers.Gzip(Inner), [.. PythonPackers.Bzip2(Inner), .. PythonPackers.Bzip2(Inner)], ".bz2"));
    }

    [Fact(Timeout = Patience)]
    public async Task BehindABrokenMember_TheLookGoesOn()
    {
        var broken = Broken[0].Archive;
        var encrypted = await InspectorRig.AtAsync(
            new RawZip().Build(("a.gz", broken), ("b.zip", new RawZip { Entry = Encrypt, Local = Encrypt }.Build([1]))));
        Assert.Equal((ArchiveTrouble.Encrypted, true), (encrypted.Trouble, encrypted.IsAlsoAmbiguous));
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, new RawZip { Lists = name => name != "b" }.Build(("a.gz", broken), ("b", [1]), ("c", [2])));
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory,
            [.. RawTar.Member(broken), .. RawTar.Member([1], size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), .. RawTar.End]);
    }

    /// <summary>A policy that passes encrypted files must not pass a member that is too large, nor the other way round.</summary>
    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EncryptedAndTooLargeMembers_AreATroubleThatNoPolicyPasses(bool isEncryptedFirst)
    {
        var encrypted = ("a.zip", new RawZip { Entry = Encrypt, Local = Encrypt }.Build([1]));
        var large = ("b", new byte[InspectorRig.Limit + 1]);

        var finding = await InspectorRig.AtAsync(new RawZip().Build(isEncryptedFirst ? [encrypted, large] : [large, encrypted]));

        Assert.Equal(ArchiveTrouble.TooMuch, finding.Trouble);
        Assert.Contains("encrypted", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("larger than what the scanner scans", finding.Detail, StringComparison.Ordinal);
    }

    /// <summary>Nobody looked behind a limit of ours.</summary>
    [Fact(Timeout = Patience)]
    public async Task LimitOfOursInAMember_RefusesTheWhole()
    {
        var many = new RawZip().Build([.. Enumerable.Range(0, 20).Select(number => ($"{number}", Array.Empty<byte>()))]);
        var finding = await InspectorRig.AtAsync(Packers.Tar(many), new ArchiveOptions { MaxMembers = 10 });
        Assert.Equal(ArchiveTrouble.TooMuch, finding.Trouble);
    }

    /// <summary>Everybody unpacks it, the scanner too; what is in it is looked into.</summary>
    [Fact(Timeout = Patience)]
    public async Task GzipWithAWrongSum_HasNothingWrong()
    {
        var wrong = WrongSum(Packers.Gzip(Inner));
        foreach (var gzip in new[] { wrong, With(Packers.Gzip(Inner), ^1, 9), Named(wrong) })
        {
            await InspectorRig.AssertAsync(ArchiveTrouble.None, gzip);
            await InspectorRig.AssertAsync(ArchiveTrouble.None, [.. gzip, .. new byte[100]]);
            await InspectorRig.AssertAsync(ArchiveTrouble.None, Packers.Gzip(Packers.Tar(gzip)));
        }

        var zip = new RawZip { Method = 14 }.Build(new byte[100]);
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, WrongSum(Packers.Gzip(Packers.Tar(zip))));
        await InspectorRig.AssertAsync(ArchiveTrouble.TooMuch, WrongSum(Packers.Gzip(zip)));
    }

    /// <summary>What a gzip unpacks to is one file to the scanner: no more of it is unpacked than the scanner looks at.</summary>
    [Fact(Timeout = Patience)]
    public async Task GzipOfMoreThanTheScannerLooksAt_IsNotUnpackedFurther()
    {
        var bomb = Packers.Gzip(new byte[256 << 20]);
        var content = new CountingContent(bomb.Length, (0, bomb));
        var limits = new ArchiveLimits(InspectorRig.Limit, long.MaxValue) { Unpacked = 16 << 20 };
        var finding = await InspectorRig.AtAsync(content, limits: limits);
        Assert.Equal(ArchiveTrouble.TooLarge, finding.Trouble);
        Assert.InRange(content.BytesRead, 0, bomb.Length / 2);
    }

    /// <summary>A zip's bytes may stand in a packed member as they are, and its end near the file's: nobody looks for it there.</summary>
    [Fact(Timeout = Patience)]
    public async Task EndOfABrokenZipInAMember_SaysNothingOfTheWhole()
    {
        var broken = new RawZip { Entry = entry => entry[42]++ }.Build([1, 2, 3]);
        await InspectorRig.AssertAsync(ArchiveTrouble.Ambiguous, new RawZip { Method = 0 }.Build(("a", [1]), ("b.zip", broken)));
        await InspectorRig.AssertAsync(
            ArchiveTrouble.Contradictory, new RawZip { Method = 0, Comment = [1] }.Build(("a", [1]), ("b.zip", broken)));
    }

    private static IEnumerable<byte[]> Holders(byte[] archive) =>
    [
        Packers.Tar(archive), Packers.Gzip(Packers.Tar(archive)), new RawZip().Build(("test/a", archive)),
        new RawZip { Method = 0 }.Build(("test/a", archive)), Packers.Gzip(Packers.Tar(Packers.Gzip(archive))),
        new RawZip().Build(("a.zip", new RawZip().Build(("b", archive)))),
    ];

    private static byte[] WrongSum(byte[] gzip) => With(gzip, ^6, 1);

    private static byte[] Named(byte[] gzip) => [.. gzip[..3], 8, .. gzip[4..10], .. "a name\0"u8, .. gzip[10..]];

    private static byte[] With(byte[] bytes, Index at, byte by)
    {
        var changed = bytes.ToArray();
        changed[at] += by;
        return changed;
    }

    private static void Encrypt(byte[] header) => header[header.Length == 30 ? 6 : 8] |= 1;
}
