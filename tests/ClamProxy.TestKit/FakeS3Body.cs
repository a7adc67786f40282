using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.TestKit;

/// <summary>The body of a request as the AWS SDK sends it: whole, or in chunks that each have a signature (aws-chunked).</summary>
internal static class FakeS3Body
{
    private const int LongestSize = 8;

    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return request.Headers["x-amz-content-sha256"].ToString().StartsWith("STREAMING-", StringComparison.Ordinal)
            ? Join(body.ToArray())
            : body.ToArray();
    }

    /// <summary>Chunks are <c>size in hex ; chunk-signature=… CRLF bytes CRLF</c>, the last one of size 0.</summary>
    private static byte[] Join(byte[] chunked)
    {
        using var content = new MemoryStream();
        for (var at = 0; ;)
        {
            var line = at + chunked.AsSpan(at).IndexOf("\r\n"u8);
            var head = Encoding.ASCII.GetString(chunked, at, Math.Min(line - at, LongestSize));
            var size = int.Parse(head.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return content.ToArray();
            }

            content.Write(chunked, line + 2, size);
            at = line + 2 + size + 2;
        }
    }
}
