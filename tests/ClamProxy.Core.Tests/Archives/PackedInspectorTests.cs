using System.Formats.Tar;
using System.Security.Cryptography;
using ClamProxy.Core.Archives;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>Tars, gzips, bzip2 files and packages: what the scanner passes over in them.</summary>
public sealed class PackedInspectorTests
{
    private const int Patience = 60_000;

    [Fact(Timeout = Patience)]
    public async Task TarThatTwoReadDifferently_IsRefused()
    {
        foreach (var one in TarCases.All())
        {
            var finding = await InspectorRig.AtAsync(one.Body);
            Assert.True(finding.Trouble is not ArchiveTrouble.None || finding.Embedded.Count > 0, one.Name);
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task TarOfEachKind_HasNothingWrong(TarEntryFormat format)
    {
        using var target = new MemoryStream();
        using (var tar = new TarWriter(target, format, leaveOpen: true))
        {
            var isOld = format is TarEntryFormat.V7;
            foreach (var type in isOld
                ? [TarEntryType.V7RegularFile, TarEntryType.Directory, TarEntryType.HardLink, TarEntryType.SymbolicLink]
                : new[]
                {
                    TarEntryType.RegularFile,
                    TarEntryType.Directory,
                    TarEntryType.HardLink,
                    TarEntryType.SymbolicLink,
                    TarEntryType.Fifo,
                })
            {
                tar.WriteEntry(Entry(format, type, new string('n', isOld ? 50 : 240)));
            }
        }

        foreach (var content in new[] { target.ToArray(), Packers.Gzip(target.ToArray()) })
        {
            var finding = await InspectorRig.AtAsync(content);
            Assert.True(finding is { Trouble: ArchiveTrouble.None, Embedded.Count: 0 }, finding.ToString());
        }
    }

    [Fact(Timeout = Patience)]
    public async Task PartsOfAPackage_AreScannedByThemselves()
    {
        byte[] content = RandomNumberGenerator.GetBytes(500);
        var deb = await InspectorRig.AtAsync(PackageCases.Deb(content, content, ".xz"));
        Assert.Equal((ArchiveTrouble.None, 2), (deb.Trouble, deb.Embedded.Count));
        var rpm = await InspectorRig.AtAsync(PackageCases.Rpm(content));
        Assert.Equal([new EmbeddedArchive(128, 128, 628)], rpm.Embedded);
    }

    [Fact(Timeout = Patience)]
    public async Task LibraryOfObjects_IsNoPackage()
    {
        var library = PackageCases.Deb([1], [2], ".gz");
        library[8] = (byte)'x';
        Assert.Empty((await InspectorRig.AtAsync(library)).Embedded);
    }

    [Fact(Timeout = Patience)]
    public async Task Bzip2OfSeveralStreams_IsTooMuch()
    {
        var one = PythonPackers.Bzip2(RandomNumberGenerator.GetBytes(300_000));
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(one)).Trouble);
        Assert.Equal(ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync([.. one, .. one])).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task GzipOverTheTotal_IsTooLargeForASilentScannerOnly()
    {
        var gzip = Packers.Gzip(new byte[InspectorRig.Limit + 1]);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(gzip)).Trouble);
        Assert.Equal(
            ArchiveTrouble.TooLarge,
            (await InspectorRig.AtAsync(gzip, limits: new ArchiveLimits(InspectorRig.Limit, InspectorRig.Limit))).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task GzipThatBreaksOff_IsLookedIntoAsFarAsItGoes()
    {
        var tar = Packers.Gzip(
            Packers.Tar(RandomNumberGenerator.GetBytes(200_000), first: new RawZip { Method = 14 }.Build([1, 2, 3])));
        Assert.Equal(ArchiveTrouble.Ambiguous, (await InspectorRig.AtAsync(tar[..^50_000])).Trouble);
        Assert.Equal(
            ArchiveTrouble.None, (await InspectorRig.AtAsync(Packers.Gzip(RandomNumberGenerator.GetBytes(200_000))[..^50_000])).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task ZipInAGzipThatTakesTooMuchMemory_IsTooMuch()
    {
        var options = new ArchiveOptions { MaxInflated = 100_000 };
        var zip = new RawZip { Method = 0 }.Build(new byte[200_000]);
        Assert.Equal(ArchiveTrouble.TooMuch, (await InspectorRig.AtAsync(Packers.Gzip(Packers.Tar(zip)), options)).Trouble);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(Packers.Gzip(Packers.Tar(new byte[200_000])), options)).Trouble);
        Assert.Equal(ArchiveTrouble.None, (await InspectorRig.AtAsync(Packers.Tar(zip), options)).Trouble);
    }

    [Fact(Timeout = Patience)]
    public async Task AnyByteOfATarChanged_EndsInAFinding()
    {
        byte[] tar = [.. RawTar.Fields(("path", "x")), .. RawTar.Member(new RawZip().Build([1, 2, 3])), .. RawTar.End];
        foreach (var value in new byte[] { 0, (byte)'7', 0xff })
        {
            for (var at = 0; at < tar.Length; at++)
            {
                var changed = tar.ToArray();
                changed[at] = value;
                await InspectorRig.AtAsync(changed);
            }
        }
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Pax => new PaxTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new UstarTarEntry(type, name.Insert(140, "/")),
        };
        if (type is TarEntryType.HardLink or TarEntryType.SymbolicLink)
        {
            entry.LinkName = "target";
        }

        if (type is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
        {
            entry.DataStream = new MemoryStream(new byte[700]);
        }

        return entry;
    }
}
