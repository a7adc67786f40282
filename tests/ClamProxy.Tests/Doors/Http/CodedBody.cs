using System.IO.Compression;
using ClamProxy.TestKit.Corpus;
using ZstdSharp;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Codes what a fake upstream sends.</summary>
internal static class CodedBody
{
    /// <param name="codings">As in Content-Encoding: the first is applied first.</param>
    public static byte[] Of(string codings, byte[] content) =>
        codings.Split(", ").Aggregate(content, (bytes, coding) => coding switch
        {
            "br" => Packers.Brotli(bytes),
            "zstd" => Zstandard(bytes),
            "deflate" => Packers.Zlib(bytes),
            _ => Packers.Gzip(bytes),
        });

    public static byte[] FromGzip(byte[] coded)
    {
        using var decoder = new GZipStream(new MemoryStream(coded), CompressionMode.Decompress);
        using var content = new MemoryStream();
        decoder.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Compressed, as a server sends it.</summary>
    private static byte[] Zstandard(byte[] content)
    {
        using var target = new MemoryStream();
        using (var encoder = new CompressionStream(target))
        {
            encoder.Write(content);
        }

        return target.ToArray();
    }
}
