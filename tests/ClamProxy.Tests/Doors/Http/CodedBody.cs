using System.IO.Compression;
using ZstdSharp;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Codes what a fake upstream sends.</summary>
internal static class CodedBody
{
    /// <param name="codings">As in Content-Encoding: the first is applied first.</param>
    public static byte[] Of(string codings, byte[] content) =>
        codings.Split(", ").Aggregate(content, (bytes, coding) =>
        {
            using var target = new MemoryStream();
            using (Stream encoder = coding switch
            {
                "br" => new BrotliStream(target, CompressionLevel.Optimal),
                "zstd" => new CompressionStream(target),
                "deflate" => new ZLibStream(target, CompressionLevel.Optimal),
                _ => new GZipStream(target, CompressionLevel.Optimal),
            })
            {
                encoder.Write(bytes);
            }

            return target.ToArray();
        });

    public static byte[] FromGzip(byte[] coded)
    {
        using var decoder = new GZipStream(new MemoryStream(coded), CompressionMode.Decompress);
        using var content = new MemoryStream();
        decoder.CopyTo(content);
        return content.ToArray();
    }
}
