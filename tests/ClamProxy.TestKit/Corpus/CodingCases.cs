namespace ClamProxy.TestKit.Corpus;

/// <summary>EICAR in bodies with a content coding: a client gets what it decodes.</summary>
public static class CodingCases
{
    private static readonly (string Coding, Func<byte[], byte[]> Code)[] Codings =
    [
        ("gzip", Packers.Gzip),
        ("x-gzip", Packers.Gzip),
        ("GZIP", Packers.Gzip),
        ("deflate", Packers.Zlib),
        ("deflate", Packers.Deflate),
        ("br", Packers.Brotli),
        ("zstd", Packers.Zstandard),
        ("gzip, gzip", body => Packers.Gzip(Packers.Gzip(body))),
        ("gzip, br", body => Packers.Brotli(Packers.Gzip(body))),
        ("deflate, br, gzip", body => Packers.Gzip(Packers.Brotli(Packers.Zlib(body)))),
        ("br, br, br, br", body => Packers.Brotli(Packers.Brotli(Packers.Brotli(Packers.Brotli(body))))),
        ("identity, br", Packers.Brotli),
        ("unknown", body => body),
        ("compress", body => body),
        ("gzip", body => [.. Packers.Gzip([]), .. Packers.Gzip(body)]),
        ("gzip", body => body),
    ];

    public static IEnumerable<CorpusCase> All()
    {
        (string Name, byte[] Body)[] bodies =
        [
            ("plain", Eicar.Bytes),
            ("wheel", Packers.PythonWheel(Eicar.Bytes)),
            ("tar", Packers.Tar(Eicar.Bytes)),
            (
                "zip behind a gzip, offsets count it, with descriptors",
                new RawZip { Prefix = Packers.Gzip([1]), CountsPrefix = true, HasDescriptors = true }.Build(Eicar.Bytes)),
            ("zip that bears a tar's mark", new RawZip { Extra = ZipCases.MarkAt(257, "ustar\0"u8, 40, 600) }.Build(Eicar.Bytes)),
        ];
        var number = 0;
        foreach (var (coding, code) in Codings)
        {
            number++;
            foreach (var (name, body) in bodies)
            {
                yield return new CorpusCase(
                    $"{name}, coding {number} {coding}", code(body))
                { Coding = coding, IsChunked = number % 2 == 0 };
            }
        }

        foreach (var (name, body) in bodies)
        {
            yield return new CorpusCase($"{name}, chunked", body) { IsChunked = true };
        }
    }
}
