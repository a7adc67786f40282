using System.Formats.Tar;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in each kind of file, and in each kind in each kind.</summary>
public static class NestedCases
{
    private const int DeepLayers = 12;

    /// <summary>What clamd does not open, so that it is refused where ClamProxy sees it: by itself and in zips.</summary>
    private static readonly (string Name, Func<byte[], byte[]> Pack)[] Unopened =
    [
        ("zip with a 64-bit end", content => new RawZip { HasWideEnd = true }.Build(content)),
        ("zip with 64-bit members", content => new RawZip { HasWideMembers = true }.Build(content)),
        ("zip64", content => new RawZip { HasWideMembers = true, HasWideEntries = true, HasWideEnd = true }.Build(content)),
    ];

    /// <summary>What can hold a file and be held by another.</summary>
    private static readonly (string Name, Func<byte[], byte[]> Pack)[] Kinds =
    [
        ("zip", content => new RawZip().Build(content)),
        ("stored zip", content => new RawZip { Method = 0 }.Build(content)),
        ("zip with descriptors", content => new RawZip { HasDescriptors = true }.Build(content)),
        ("jar", Packers.Jar),
        ("wheel", Packers.PythonWheel),
        ("nupkg", Packers.NuGet),
        ("ustar", content => Packers.Tar(content)),
        ("pax tar", content => Packers.Tar(content, TarEntryFormat.Pax)),
        ("gnu tar", content => Packers.Tar(content, TarEntryFormat.Gnu)),
        ("gzip", Packers.Gzip),
        ("cabinet", content => Packers.Cabinet(content, isPacked: false)),
        ("packed cabinet", content => Packers.Cabinet(content, isPacked: true)),
        ("iso", Packers.Iso),
        ("mail", Packers.Mail),
        ("xar", Packers.Xar),
        ("pdf", Packers.Pdf),
    ];

    public static IEnumerable<CorpusCase> All()
    {
        foreach (var (name, pack) in Kinds)
        {
            yield return new CorpusCase(name, pack(Eicar.Bytes));
        }

        foreach (var (name, pack) in Unopened)
        {
            yield return new CorpusCase(name, pack(Eicar.Bytes));
            foreach (var zip in Kinds[..6])
            {
                yield return new CorpusCase($"{name} in {zip.Name}", zip.Pack(pack(Eicar.Bytes)));
            }

            foreach (var inner in Kinds)
            {
                yield return new CorpusCase($"{inner.Name} in {name}", pack(inner.Pack(Eicar.Bytes)));
            }
        }

        foreach (var outer in Kinds)
        {
            foreach (var inner in Kinds)
            {
                yield return new CorpusCase($"{inner.Name} in {outer.Name}", outer.Pack(inner.Pack(Eicar.Bytes)));
            }
        }

        foreach (var (name, pack) in Kinds[..7])
        {
            var content = Eicar.Bytes;
            for (var layer = 0; layer < DeepLayers; layer++)
            {
                content = pack(content);
            }

            yield return new CorpusCase($"{name}, {DeepLayers} deep", content);
        }

        foreach (var one in Others())
        {
            yield return one;
        }
    }

    private static IEnumerable<CorpusCase> Others()
    {
        var bz2 = PythonPackers.Bzip2(Eicar.Bytes);
        var xz = PythonPackers.Xz(Eicar.Bytes);
        yield return new CorpusCase("plain", Eicar.Bytes);
        yield return new CorpusCase("bzip2", bz2);
        yield return new CorpusCase("xz", xz);
        yield return new CorpusCase("bzip2 in a wheel", Packers.PythonWheel(bz2));
        yield return new CorpusCase("xz in a jar", Packers.Jar(xz));
        yield return new CorpusCase("tar in bzip2", PythonPackers.Bzip2(Packers.Tar(Eicar.Bytes)));
        yield return new CorpusCase("tar in xz", PythonPackers.Xz(Packers.Tar(Eicar.Bytes)));
        yield return new CorpusCase("tar in gzip, second", Packers.Gzip(Packers.Tar(Eicar.Bytes, first: new byte[100_000])));
        yield return new CorpusCase("wheel in tar in xz", PythonPackers.Xz(Packers.Tar(Packers.PythonWheel(Eicar.Bytes))));
        yield return new CorpusCase("gzip behind an empty gzip", [.. Packers.Gzip([]), .. Packers.Gzip(Eicar.Bytes)]);
        yield return new CorpusCase("gzip with something behind", [.. Packers.Gzip(Eicar.Bytes), .. "something"u8]);
        yield return new CorpusCase(
            "gzip that bears a tar's mark", Packers.GzipWithExtra(Eicar.Bytes, ZipCases.MarkAt(257, "ustar\0"u8, 12, 600)));
        yield return new CorpusCase(
            "gzip that bears a disk's mark", Packers.GzipWithExtra(Eicar.Bytes, ZipCases.MarkAt(512, "EFI PART"u8, 12, 600)));
        yield return new CorpusCase("v7 tar in gzip", Packers.Gzip(Packers.Tar(Eicar.Bytes, TarEntryFormat.V7)));
    }
}
