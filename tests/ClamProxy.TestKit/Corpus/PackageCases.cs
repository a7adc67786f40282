using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in packages of distributions, and in compressions of several streams.</summary>
public static class PackageCases
{
    private static readonly (string Name, Func<byte[], byte[]> Pack)[] Compressions =
    [
        ("", content => content), (".gz", Packers.Gzip), (".xz", PythonPackers.Xz), (".bz2", PythonPackers.Bzip2)
    ];

    public static IEnumerable<CorpusCase> All() => [.. Packages(), .. Streams()];

    /// <summary>A .deb: an ar of three members.</summary>
    public static byte[] Deb(byte[] control, byte[] data, string compression) =>
        [
            .. "!<arch>\n"u8,
            .. Part("debian-binary", "2.0\n"u8.ToArray()),
            .. Part("control.tar.gz", control),
            .. Part($"data.tar{compression}", data)];

    /// <summary>An .rpm: a lead, empty signatures, an empty header, a payload.</summary>
    public static byte[] Rpm(byte[] payload)
    {
        byte[] header = [0x8e, 0xad, 0xe8, 1, .. new byte[12]];
        return [0xed, 0xab, 0xee, 0xdb, 3, .. new byte[91], .. header, .. header, .. payload];
    }

    private static IEnumerable<CorpusCase> Packages()
    {
        var control = Packers.Gzip(Packers.Tar("Package: a\n"u8.ToArray()));
        var tar = Packers.Tar(Eicar.Bytes);
        foreach (var (name, pack) in Compressions)
        {
            var deb = Deb(control, pack(tar), name);
            var rpm = Rpm(pack(Packers.Cpio(Eicar.Bytes)));
            yield return new CorpusCase($"deb of data.tar{name}", deb);
            yield return new CorpusCase($"deb of data.tar{name} in a zip", new RawZip().Build(deb));
            yield return new CorpusCase($"deb of data.tar{name} in a stored zip", new RawZip { Method = 0 }.Build(deb));
            yield return new CorpusCase($"deb of data.tar{name} in a tar in gzip", Packers.Gzip(Packers.Tar(deb)));
            yield return new CorpusCase($"rpm of cpio{name}", rpm);
            yield return new CorpusCase($"rpm of cpio{name} in a zip", new RawZip().Build(rpm));
        }

        yield return new CorpusCase("deb whose control part has it", Deb(Packers.Gzip(tar), control, ".gz"));
        yield return new CorpusCase(
            "deb with a zip64 in it", Deb(control, Packers.Gzip(Packers.Tar(new RawZip { HasWideEnd = true }.Build(Eicar.Bytes))), ".gz"));
        yield return new CorpusCase("deb with a broken part", [.. Deb(control, Packers.Gzip(tar), ".gz")[..^1]]);
        yield return new CorpusCase(
            "deb with a name of BSD",
            [
                .. "!<arch>\n"u8,
                .. Part("debian-binary", "2.0\n"u8.ToArray()),
                .. Part("#1/12", [.. "data.tar.gz\0"u8, .. Packers.Gzip(tar)])]);
        yield return new CorpusCase(
            "rpm with a third header", Rpm([0x8e, 0xad, 0xe8, 1, .. new byte[12], .. Packers.Gzip(Packers.Cpio(Eicar.Bytes))]));
        yield return new CorpusCase(
            "rpm with zeros in front of its payload", Rpm([.. new byte[8], .. Packers.Gzip(Packers.Cpio(Eicar.Bytes))]));
        yield return new CorpusCase("cabinet with something in a reserved field", Reserved());
        yield return new CorpusCase("cabinet with something in a reserved field, in a gzip", Packers.Gzip(Reserved()));
        yield return new CorpusCase(
            "cabinet behind a cabinet", [.. Packers.Cabinet([1], isPacked: true), .. Packers.Cabinet(Eicar.Bytes, isPacked: true)]);
        yield return new CorpusCase(
            "cabinet behind a cabinet, in a zip",
            new RawZip().Build([.. Packers.Cabinet([1], isPacked: true), .. Packers.Cabinet(Eicar.Bytes, isPacked: true)]));
        yield return new CorpusCase("rpm with a broken header", Rpm(Packers.Gzip(tar))[..100]);
    }

    private static IEnumerable<CorpusCase> Streams()
    {
        var (front, back) = (Eicar.Bytes[..30], Eicar.Bytes[30..]);
        yield return new CorpusCase("bzip2 of two streams", [.. PythonPackers.Bzip2(front), .. PythonPackers.Bzip2(back)]);
        yield return new CorpusCase("bzip2 behind an empty one", [.. PythonPackers.Bzip2([]), .. PythonPackers.Bzip2(Eicar.Bytes)]);
        yield return new CorpusCase(
            "bzip2 of two streams in a zip", new RawZip().Build([.. PythonPackers.Bzip2(front), .. PythonPackers.Bzip2(back)]));
        yield return new CorpusCase(
            "bzip2 of two streams in a tar in gzip",
            Packers.Gzip(Packers.Tar([.. PythonPackers.Bzip2(front), .. PythonPackers.Bzip2(back)])));
        yield return new CorpusCase("gzip of two members", [.. Packers.Gzip(front), .. Packers.Gzip(back)]);
        yield return new CorpusCase("xz of two streams", [.. PythonPackers.Xz(front), .. PythonPackers.Xz(back)]);
        yield return new CorpusCase("zip64 in a gzip", Packers.Gzip(new RawZip { HasWideEnd = true }.Build(Eicar.Bytes)));
        yield return new CorpusCase(
            "zip64 in a gzip with something behind",
            [.. Packers.Gzip(new RawZip { HasWideEnd = true }.Build(Eicar.Bytes)), .. "something"u8]);
        yield return new CorpusCase(
            "zip member over MaxFileSize in a gzip", Packers.Gzip(new RawZip().Build(LimitCases.Behind(3 * LimitCases.FileSize))));
    }

    private static byte[] Reserved()
    {
        var cabinet = Packers.Cabinet(Eicar.Bytes, isPacked: true);
        cabinet[4] = 1;
        return cabinet;
    }

    private static byte[] Part(string name, byte[] content) =>
        [
            .. Encoding.ASCII.GetBytes($"{name,-16}{0,-12}{0,-6}{0,-6}{100644,-8}{content.Length,-10}`\n"),
            .. content,
            .. new byte[content.Length & 1]];
}
