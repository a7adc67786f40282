using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in tars that a scanner and a client read differently, and in what clamd passes over inside of a tar or gzip.</summary>
public static class TarCases
{
    private static readonly byte[] First = RawTar.Member(new byte[200]);
    private static readonly byte[] Second = [.. RawTar.Member(Eicar.Bytes), .. RawTar.End];

    public static IEnumerable<CorpusCase> All() =>
        from one in (IEnumerable<(string Name, byte[] Tar)>)[.. Misread(), .. SkippedTypes()]
        from pack in new (string Name, Func<byte[], byte[]> Pack)[]
        {
            ("", tar => tar), (" in a gzip", Packers.Gzip), (" in a zip", tar => new RawZip().Build(tar)),
            (" in a gzip in a stored zip", tar => new RawZip { Method = 0 }.Build(Packers.Gzip(tar))),
        }
        select new CorpusCase($"{one.Name}{pack.Name}", pack.Pack(one.Tar));

    private static IEnumerable<(string Name, byte[] Tar)> Misread()
    {
        var size = Eicar.Bytes.Length;
        yield return (
            "tar whose fields have the size",
            [.. RawTar.Fields(("size", $"{size}")), .. RawTar.Member(Eicar.Bytes, size: RawTar.Octal(0)), .. RawTar.End]);
        yield return (
            "tar whose fields have a smaller size",
            [.. RawTar.Fields(("size", "200")), .. RawTar.Member(new byte[200], size: RawTar.Octal(5000)), .. Second, .. new byte[5000]]);
        yield return (
            "tar whose size is binary",
            [.. RawTar.Member(Eicar.Bytes, size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)size]), .. RawTar.End]);
        yield return ("tar with something behind one block of zeros", [.. First, .. new byte[512], .. Second]);
        yield return ("tar with a header of a wrong sum", [.. First, .. RawTar.Member(new byte[10], isSummed: false), .. Second]);
        yield return ("tar that begins with a header of a wrong sum", [.. RawTar.Member(new byte[10], isSummed: false), .. Second]);
        yield return (
            "tar with a sparse file",
            [
                .. RawTar.Fields(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")),
                .. RawTar.Member([.. Encoding.ASCII.GetBytes($"1\n0\n{size}\n"), .. new byte[504], .. Eicar.Bytes]),
                .. RawTar.End]);
        foreach (var type in "1234569AMNVZ")
        {
            yield return ($"tar with a file of type {type}", [.. First, .. RawTar.Member(Eicar.Bytes, type), .. RawTar.End]);
        }
    }

    private static IEnumerable<(string Name, byte[] Tar)> SkippedTypes()
    {
        byte[] Tar(byte[] content) => [.. First, .. RawTar.Member(content), .. RawTar.End];
        yield return ("tar with a zip64", Tar(new RawZip { HasWideEnd = true }.Build(Eicar.Bytes)));
        yield return (
            "tar with a zip behind a gzip", Tar(new RawZip { Prefix = Packers.Gzip([1]), HasDescriptors = true }.Build(Eicar.Bytes)));
        yield return (
            "tar with a zip with a member nobody lists",
            Tar(new RawZip { Lists = name => name != "b" }.Build(("a", new byte[200]), ("b", Eicar.Bytes), ("c", [1]))));
        yield return ("tar with a gzip of a zip64", Tar(Packers.Gzip(new RawZip { HasWideEnd = true }.Build(Eicar.Bytes))));
        yield return ("tar with a zip member over MaxFileSize", Tar(new RawZip().Build(LimitCases.Behind(3 * LimitCases.FileSize))));
        yield return (
            "tar with a packed cabinet's file over MaxFileSize",
            Tar(Packers.Cabinet(LimitCases.Behind(3 * LimitCases.FileSize), isPacked: true)));
    }
}
