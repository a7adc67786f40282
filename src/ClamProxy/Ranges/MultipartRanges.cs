using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Ranges;

/// <summary>Several parts of a file in one answer: multipart/byteranges (RFC 9110 §14.6).</summary>
internal sealed class MultipartRanges
{
    private readonly HttpResponse _response;
    private readonly IReadOnlyList<ByteRange> _ranges;
    private readonly byte[][] _partHeads;
    private readonly byte[] _end;

    public MultipartRanges(HttpResponse response, long fileLength, IReadOnlyList<ByteRange> ranges)
    {
        _response = response;
        _ranges = ranges;
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var type = response.ContentType is { } contentType ? $"Content-Type: {contentType}\r\n" : "";
        _partHeads = [.. ranges.Select((range, i) => Encoding.Latin1.GetBytes(
            $"{(i == 0 ? "" : "\r\n")}--{boundary}\r\n{type}Content-Range: bytes {range.Start}-{range.Last}/{fileLength}\r\n\r\n"))];
        _end = Encoding.Latin1.GetBytes($"\r\n--{boundary}--\r\n");
        response.ContentType = $"multipart/byteranges; boundary={boundary}";
        response.ContentLength = ranges.Sum(range => range.Length) + _partHeads.Sum(head => head.Length) + _end.Length;
    }

    public async Task SendAsync(Func<ByteRange, Task> sendPart, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _ranges.Count; i++)
        {
            await _response.BodyWriter.WriteAsync(_partHeads[i], cancellationToken);
            await sendPart(_ranges[i]);
        }

        await _response.BodyWriter.WriteAsync(_end, cancellationToken);
    }
}
