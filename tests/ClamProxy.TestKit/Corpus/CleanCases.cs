using System.Formats.Tar;
using System.Security.Cryptography;

namespace ClamProxy.TestKit.Corpus;

/// <summary>Files that must pass: a scanner that refuses everything would find everything too.</summary>
public static class CleanCases
{
    public static IEnumerable<CorpusCase> All()
    {
        var content = RandomNumberGenerator.GetBytes(3000);
        return [.. All(content), .. ZipEndCases.Clean(content), .. CompoundCases.Clean(), .. Wide(content), .. WrongSums(content)];
    }

    private static IEnumerable<CorpusCase> Wide(byte[] content)
    {
        var zip = new RawZip { HasWideMembers = true, HasWideEntries = true, HasWideEnd = true }.Build(("a", content), ("b", content));
        yield return new CorpusCase("clean zip64", zip);
        yield return new CorpusCase("clean zip64 in a gzip in a tar", Packers.Gzip(Packers.Tar(zip)));
    }

    private static IEnumerable<CorpusCase> WrongSums(byte[] content)
    {
        var gzip = Packers.Gzip(content);
        gzip[^6]++;
        yield return new CorpusCase("clean gzip with a wrong sum", gzip);
        yield return new CorpusCase("clean gzip with a wrong sum in a tar", Packers.Gzip(Packers.Tar(gzip)));
    }

    private static IEnumerable<CorpusCase> All(byte[] content)
    {
        yield return new CorpusCase("clean, plain", content);
        yield return new CorpusCase("clean, empty", []);
        yield return new CorpusCase("clean wheel", Packers.PythonWheel(content));
        yield return new CorpusCase("clean jar", Packers.Jar(content));
        yield return new CorpusCase("clean nupkg", Packers.NuGet(content));
        var arrays = new RawZip { HasWideMembers = true }.Build(("a.npy", content), ("b.npy", content));
        yield return new CorpusCase("clean npz as numpy writes it", arrays);
        yield return new CorpusCase("clean wheel with an npz", Packers.PythonWheel(arrays));
        yield return new CorpusCase(
            "clean stored zip with npzs",
            new RawZip { Method = 0 }.Build([.. Enumerable.Range(0, 12).Select(number => ($"{number}.npz", arrays))]));
        yield return new CorpusCase("clean stored zip", new RawZip { Method = 0 }.Build(content));
        yield return new CorpusCase("clean empty zip", new RawZip().Build());
        yield return new CorpusCase("clean zip with a comment", new RawZip { Comment = [1, 2, 3] }.Build(content));
        yield return new CorpusCase("clean zip with junk behind", [.. new RawZip().Build(content), .. new byte[100]]);
        yield return new CorpusCase(
            "clean zipapp", new RawZip { Prefix = "#!/usr/bin/env python3\n"u8.ToArray(), CountsPrefix = true }.Build(content));
        yield return new CorpusCase("clean self-extracting program", new RawZip { Prefix = [.. "MZ"u8, .. new byte[1000]] }.Build(content));
        yield return new CorpusCase(
            "clean jar of jars", new RawZip { Method = 0 }.Build(("a.jar", Packers.Jar(content)), ("b.jar", Packers.Jar(content))));
        yield return new CorpusCase(
            "clean zip of wheels", new RawZip().Build(("a.whl", Packers.PythonWheel(content)), ("b.whl", Packers.PythonWheel(content))));
        yield return new CorpusCase("clean tar with a zip as its last", Packers.Tar(new RawZip().Build(content)));
        yield return new CorpusCase("clean tar in gzip", Packers.Gzip(Packers.Tar(content)));
        yield return new CorpusCase(
            "clean tar of wheels in gzip", Packers.Gzip(Packers.Tar(Packers.PythonWheel(content), first: Packers.Jar(content))));
        yield return new CorpusCase("clean pax tar in gzip", Packers.Gzip(Packers.Tar(content, TarEntryFormat.Pax)));
        yield return new CorpusCase(
            "clean gnu tar in gzip in a zip", new RawZip().Build(Packers.Gzip(Packers.Tar(content, TarEntryFormat.Gnu))));
        yield return new CorpusCase("clean tar with something behind its end", [.. Packers.Tar(content), .. content]);
        yield return new CorpusCase("clean gzip with something behind", [.. Packers.Gzip(content), .. "something"u8]);
        yield return new CorpusCase("clean gzip cut off", Packers.Gzip(content)[..1500]);
        yield return new CorpusCase("clean xz", PythonPackers.Xz(Packers.Tar(content)));
        yield return new CorpusCase(
            "clean xz of two streams and padding",
            [.. PythonPackers.Xz(content), .. new byte[8], .. PythonPackers.Xz([]), .. PythonPackers.Xz(content), .. new byte[4]]);
        yield return new CorpusCase("clean xz with a filter, in a zip", new RawZip().Build(PythonPackers.XzForArm(content)));
        yield return new CorpusCase("clean bzip2", PythonPackers.Bzip2(content));
        yield return new CorpusCase("clean zip of a bzip2", new RawZip { Method = 12 }.Build(PythonPackers.Bzip2(content)));
        yield return new CorpusCase(
            "clean deb", PackageCases.Deb(Packers.Gzip(Packers.Tar(content)), PythonPackers.Xz(Packers.Tar(content)), ".xz"));
        yield return new CorpusCase("clean rpm", PackageCases.Rpm(Packers.Gzip(Packers.Cpio(content))));
        yield return new CorpusCase(
            "clean zipapp in a wheel",
            Packers.PythonWheel(new RawZip { Prefix = "#!/usr/bin/env python3\n"u8.ToArray(), CountsPrefix = true }.Build(content)));
        yield return new CorpusCase("clean cabinet in a zip", new RawZip().Build(Packers.Cabinet(content, isPacked: true)));
        yield return new CorpusCase(
            "clean zip with a signing block",
            new RawZip { BehindMembers = [.. RandomNumberGenerator.GetBytes(4080), .. "APK Sig Block 42"u8] }.Build(content));
        yield return new CorpusCase("clean cabinet", Packers.Cabinet(content, isPacked: true));
        yield return new CorpusCase("clean iso", Packers.Iso(content));
        yield return new CorpusCase("clean pdf", Packers.Pdf(content));
        yield return new CorpusCase("clean wheel, coded", Packers.Gzip(Packers.PythonWheel(content))) { Coding = "gzip" };
        yield return new CorpusCase(
            "clean zip of many", new RawZip().Build([.. Enumerable.Range(0, 90).Select(number => ($"{number}", content))]));
    }
}
