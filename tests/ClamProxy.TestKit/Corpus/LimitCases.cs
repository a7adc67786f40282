namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR where a scanner with small limits no longer looks.</summary>
public static class LimitCases
{
    /// <summary>MaxFileSize of the scanners that these are for.</summary>
    public const int FileSize = 1 << 20;

    /// <summary>Their MaxScanSize.</summary>
    public const int ScanSize = 4 << 20;

    /// <summary>Their StreamMaxLength.</summary>
    public const int StreamLength = 2 << 20;

    /// <summary>Their MaxFiles.</summary>
    public const int Files = 100;

    /// <summary>Their lines of clamd.conf.</summary>
    public static string[] Lines { get; } =
        [$"MaxFileSize {FileSize}", $"MaxScanSize {ScanSize}", $"StreamMaxLength {StreamLength}", $"MaxFiles {Files}", "MaxRecursion 15"];

    /// <summary>Those that a scanner tells, or that the zip's own directory shows.</summary>
    public static IEnumerable<CorpusCase> All() => [.. ByDirectory(), .. BySize(), .. ByScanner()];

    /// <summary>Those that show in a zip's or cabinet's own directory.</summary>
    public static IEnumerable<CorpusCase> ByDirectory()
    {
        yield return new CorpusCase("zip member over MaxFileSize by one", new RawZip().Build(Behind(FileSize + 1)));
        yield return new CorpusCase("zip member at MaxFileSize", new RawZip().Build(Behind(FileSize)));
        yield return new CorpusCase("zip member well over MaxFileSize", new RawZip().Build(Behind(3 * FileSize)));
        yield return new CorpusCase("zip64 member over MaxFileSize", new RawZip { HasWideEnd = true }.Build(Behind(FileSize + 1)));
        yield return new CorpusCase(
            "zip member over MaxFileSize with descriptors", new RawZip { HasDescriptors = true }.Build(Behind(FileSize + 1)));
        yield return new CorpusCase("jar member over MaxFileSize", Packers.Jar(Behind(FileSize + 1)));
        yield return new CorpusCase("wheel member over MaxFileSize", Packers.PythonWheel(Behind(FileSize + 1)));
        yield return new CorpusCase("nupkg member over MaxFileSize", Packers.NuGet(Behind(FileSize + 1)));
        yield return new CorpusCase("zip member over MaxFileSize in a zip", new RawZip().Build(new RawZip().Build(Behind(FileSize + 1))));
        yield return new CorpusCase(
            "zip member over MaxFileSize in a stored zip", new RawZip { Method = 0 }.Build(new RawZip().Build(Behind(FileSize + 1))));
        yield return new CorpusCase(
            "zip member over MaxFileSize behind a script", new RawZip { Prefix = "#!/bin/sh\n"u8.ToArray() }.Build(Behind(FileSize + 1)));
        yield return new CorpusCase(
            "zip member over MaxFileSize that says it is not",
            new RawZip { Entry = Shorten(24), Local = Shorten(22) }.Build(Behind(3 * FileSize)));
        yield return new CorpusCase(
            "zip member over MaxFileSize that says so to the directory alone",
            new RawZip { Local = Shorten(22) }.Build(Behind(3 * FileSize)));
        var cabinet = Packers.Cabinet(Behind(3 * FileSize), isPacked: true);
        yield return new CorpusCase("packed cabinet's file over MaxFileSize", cabinet);
        yield return new CorpusCase("packed cabinet's file over MaxFileSize in a zip", new RawZip().Build(cabinet));
        yield return new CorpusCase("packed cabinet's file over MaxFileSize in a stored zip", new RawZip { Method = 0 }.Build(cabinet));
        yield return new CorpusCase(
            "packed cabinet's file over MaxFileSize in a zip in a zip", new RawZip().Build(new RawZip().Build(cabinet)));

        // The size in the header becomes 1000.
        static Action<byte[]> Shorten(int at) => header => (header[at], header[at + 1], header[at + 2], header[at + 3]) = (0xe8, 3, 0, 0);
    }

    /// <summary>Those that are larger than a scanner's trusted size by themselves.</summary>
    public static IEnumerable<CorpusCase> BySize()
    {
        yield return new CorpusCase("file over MaxFileSize", Behind(FileSize + 1));
        yield return new CorpusCase("file over StreamMaxLength", Behind(StreamLength + 1));
        yield return new CorpusCase("file at StreamMaxLength", Behind(StreamLength));
        yield return new CorpusCase("tar over MaxFileSize", Packers.Tar(Behind(FileSize + 1)));
    }

    /// <summary>Those that nobody but the scanner can tell.</summary>
    private static IEnumerable<CorpusCase> ByScanner()
    {
        yield return new CorpusCase("gzip of more than MaxFileSize", Packers.Gzip(Behind(FileSize + 1)));
        yield return new CorpusCase("bzip2 of more than MaxFileSize", PythonPackers.Bzip2(Behind(FileSize + 1)));
        yield return new CorpusCase("xz of more than MaxFileSize", PythonPackers.Xz(Behind(FileSize + 1)));
        yield return new CorpusCase(
            "tar of more than MaxFileSize in gzip", Packers.Gzip(Packers.Tar(Eicar.Bytes, first: new byte[FileSize + 1])));
        yield return new CorpusCase(
            "zip of more than MaxScanSize", new RawZip().Build([.. Parts(ScanSize / 900_000 + 2, 900_000), ("last", Eicar.Bytes)]));
        yield return new CorpusCase("zip of more than MaxFiles", new RawZip().Build([.. Parts(Files + 5, 10), ("last", Eicar.Bytes)]));
        yield return new CorpusCase("tar of more than MaxFiles in gzip", Packers.Gzip(Tar(Files + 5)));
        yield return new CorpusCase("gzip over MaxRecursion", Layers(Packers.Gzip, 30));
        yield return new CorpusCase("zip over MaxRecursion", Layers(content => new RawZip().Build(content), 30));
        yield return new CorpusCase("stored zip over MaxRecursion", Layers(content => new RawZip { Method = 0 }.Build(content), 30));
        yield return new CorpusCase("decodes to more than MaxFileSize", Packers.Brotli(Behind(FileSize + 1))) { Coding = "br" };
        yield return new CorpusCase("decodes to more than StreamMaxLength", Packers.Gzip(Behind(3 * StreamLength))) { Coding = "gzip" };
    }

    /// <summary>So many bytes, EICAR as a zip at their end: nothing in front of it is EICAR's own file.</summary>
    internal static byte[] Behind(int length)
    {
        var end = new RawZip().Build(Eicar.Bytes);
        return [.. new byte[length - end.Length], .. end];
    }

    private static IEnumerable<(string Name, byte[] Content)> Parts(int count, int length) =>
        Enumerable.Range(0, count).Select(number => ($"{number}", Enumerable.Repeat((byte)number, length).ToArray()));

    private static byte[] Tar(int count)
    {
        var parts = Enumerable.Range(0, count).Select(number => Packers.Tar([(byte)number])[..1024]);
        return [.. parts.SelectMany(part => part), .. Packers.Tar(Eicar.Bytes)];
    }

    private static byte[] Layers(Func<byte[], byte[]> pack, int count)
    {
        var content = Eicar.Bytes;
        for (var layer = 0; layer < count; layer++)
        {
            content = pack(content);
        }

        return content;
    }
}
