using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.TestKit.Corpus;

/// <summary>
/// EICAR in the middle of files that clamd, going by their first bytes, does not match its signatures on. Found by a database whose
/// signature is found anywhere.
/// </summary>
public static class PassedOverCases
{
    private static readonly (string Name, byte[] Bytes)[] Beginnings =
    [
        ("a program that begins as an MP3", [.. "ID3=0\n"u8]),
        ("an MPEG frame", [0xff, 0xfb, 0x90, 0x64]),
        ("Ogg", [.. "OggS\0"u8]),
        ("Real Media", [.. ".RMF\0"u8]),
        ("an SQLite database", [.. "SQLite format 3\0"u8]),
        ("an SQLite journal", [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]),
        ("a write-ahead log", [0x37, 0x7f, 0x06, 0x83, 0, 0x2d, 0xe2, 0x18]),
        ("a data file", [.. "SYMC\u0001\0"u8]),
        ("a SIP log", [.. "SIP-HIT (SIP/H"u8]),
        ("a page", [.. "<html>\n"u8]),
        ("a page behind a comment", [.. "# This program writes a page, "u8, .. new byte[900].Select(_ => (byte)' '), .. "<TABLE>\n"u8]),
        ("a script of a page", [.. "<script type=\"text/javascript\">\n"u8]),
        ("a link", [.. "\"\"\"Makes links: <a class=\"x\" href=\"y\">\"\"\"\n"u8]),
        ("a page in UTF-32", Encoding.UTF32.GetBytes("<html><body>")),
        ("a PDF's image", [.. "4 0 obj/RGB\nID\n"u8, .. Enumerable.Repeat((byte)0xff, 24)]),
    ];

    private static readonly (string Name, Func<byte[], byte[]> Pack)[] Holders =
    [
        ("by itself", content => content),
        ("in a zip", content => new RawZip().Build(content)),
        ("in a stored zip", content => new RawZip { Method = 0 }.Build(content)),
        ("in a zip with descriptors", content => new RawZip { HasDescriptors = true }.Build(content)),
        ("in a wheel", Packers.PythonWheel),
        ("in a jar in a zip", content => new RawZip().Build(Packers.Jar(content))),
        ("in a zip behind a script", content => new RawZip { Prefix = "#!/bin/sh\n"u8.ToArray() }.Build(content)),
        ("in a gzip", Packers.Gzip),
        ("in a gzip in a zip", content => new RawZip().Build(Packers.Gzip(content))),
        ("in a tar", content => Packers.Tar(content)),
        ("in a tar in gzip", content => Packers.Gzip(Packers.Tar(content))),
        ("in a tar in a zip", content => new RawZip().Build(Packers.Tar(content))),
        ("in a zip in a tar in gzip", content => Packers.Gzip(Packers.Tar(new RawZip().Build(content)))),
        (
            "as one of many in a zip",
            content =>
                new RawZip().Build(
                    ("a.html", [.. "<html>"u8, .. new byte[5000]]), ("b", content), ("c.html", "<html></html>"u8.ToArray()))),
    ];

    public static IEnumerable<CorpusCase> Infected() => [.. All(Eicar.Bytes), .. DoubtfulCases.All()];

    public static IEnumerable<CorpusCase> Clean() => [.. All([.. "clean"u8]), .. DoubtfulCases.Honest([.. "clean"u8])];

    private static IEnumerable<CorpusCase> All(byte[] middle) =>
        from beginning in Beginnings
        from holder in Holders
        from isText in new[] { false, true }
        select new CorpusCase(
            $"{beginning.Name}, {(isText ? "text" : "bytes")}, {holder.Name}",
            holder.Pack([.. beginning.Bytes, .. Filling(isText), .. middle, .. Filling(isText)]));

    private static byte[] Filling(bool isText) => isText
        ? [.. Enumerable.Repeat("some words in a line\n"u8.ToArray(), 100).SelectMany(line => line)]
        : RandomNumberGenerator.GetBytes(2000);
}
