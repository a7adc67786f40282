using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Soak.Documents;

/// <summary>The bytes of a document's versions, which follow from its id, the version and the language.</summary>
internal static class DocumentText
{
    public const string Identity = "identity";

    /// <summary>Where the links of documents lead before they are rewritten.</summary>
    public const string Links = "http://files.example/";

    private const int EicarFromEnd = 1000;
    private static readonly string[] s_codings = [Identity, "gzip", "br", "zstd"];

    public static IReadOnlyList<string> Codings => s_codings;

    /// <summary>A page with a link, and a text that no compression makes very short.</summary>
    public static byte[] Plain(string id, int number, string language, int size, bool isInfected)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{id} {number} {language}");
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var letters = Convert.ToBase64String(new TestFile(false, size, seed).Bytes(), Base64FormattingOptions.InsertLineBreaks);
        var text = Encoding.ASCII.GetBytes($"<!-- {name} -->\n<a href=\"{Links}{id}.tgz\">{id}</a>\n<pre>{letters}"[..size]);
        if (isInfected)
        {
            Eicar.Bytes.CopyTo(text, size - EicarFromEnd);
        }

        return text;
    }

    public static byte[] Rewritten(byte[] plain) =>
        Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(plain).Replace(Links, RouteSettings.RewrittenLinks, StringComparison.Ordinal));

    public static byte[] Coded(string coding, byte[] plain) => coding switch
    {
        "gzip" => Packers.Gzip(plain),
        "br" => Packers.Brotli(plain),
        "zstd" => Packers.Zstandard(plain),
        _ => plain,
    };

    /// <summary>What can be decoded of a body, however it ends.</summary>
    public static byte[] Decoded(string coding, byte[] body)
    {
        using var content = new MemoryStream();
        try
        {
            using var coded = new MemoryStream(body);
            using Stream decoder = coding switch
            {
                "gzip" => new GZipStream(coded, CompressionMode.Decompress),
                "br" => new BrotliStream(coded, CompressionMode.Decompress),
                // Packers writes what is stored as it is.
                _ => new MemoryStream(body),
            };
            decoder.CopyTo(content);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
        }

        return content.ToArray();
    }
}
