using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>
/// Reads a body in chunks (RFC 9112 §7.1), extensions and trailers passed over, and <c>ieof</c> noted (RFC 3507 §4.5). Strict: what two
/// readers could read differently is no body.
/// </summary>
internal sealed class ChunkedReader(PipeReader input)
{
    /// <summary>Of a line that says a chunk's length, with its extensions.</summary>
    private const int LongestLine = 1024;

    /// <summary>Of all trailers together.</summary>
    private const int MostTrailers = 16 * 1024;

    private const int MostDigits = 15;

    private long _left;
    private bool _isInChunk;

    /// <summary>The last chunk was read, with all that belongs to it.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>A preview's last chunk said that the body is whole.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Goes on with what comes after a preview.</summary>
    public void Continue() => IsAtEnd = false;

    /// <returns>0 at the end.</returns>
    /// <exception cref="InvalidDataException">These are no chunks.</exception>
    /// <exception cref="EndOfStreamException">The connection ended before the last chunk.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancelled)
    {
        while (!IsAtEnd)
        {
            if (_left > 0)
            {
                return await ReadDataAsync(buffer, cancelled);
            }

            if (_isInChunk)
            {
                await ExpectLineEndAsync(cancelled);
                _isInChunk = false;
            }

            var (size, isWhole) = Size(await ReadLineAsync(LongestLine, cancelled));
            if (size == 0)
            {
                await PassTrailersAsync(cancelled);
                IsWhole |= isWhole;
                IsAtEnd = true;
                break;
            }

            (_left, _isInChunk) = (size, true);
        }

        return 0;
    }

    private async ValueTask<int> ReadDataAsync(Memory<byte> buffer, CancellationToken cancelled)
    {
        var read = await input.ReadAsync(cancelled);
        if (read.Buffer.IsEmpty)
        {
            input.AdvanceTo(read.Buffer.End);
            throw new EndOfStreamException("The connection ended inside a chunk.");
        }

        var most = Math.Min(Math.Min(_left, buffer.Length), read.Buffer.Length);
        var piece = read.Buffer.Slice(0, most);
        piece.CopyTo(buffer.Span);
        input.AdvanceTo(piece.End);
        _left -= most;
        return (int)most;
    }

    private async ValueTask ExpectLineEndAsync(CancellationToken cancelled)
    {
        if ((await ReadLineAsync(2, cancelled)).Length > 0)
        {
            throw new InvalidDataException("A chunk is longer than it says.");
        }
    }

    private async ValueTask PassTrailersAsync(CancellationToken cancelled)
    {
        var left = MostTrailers;
        while ((await ReadLineAsync(left, cancelled)).Length is var length and > 0)
        {
            left -= length + 2;
        }
    }

    /// <summary>A line without its CR LF.</summary>
    private async ValueTask<string> ReadLineAsync(int most, CancellationToken cancelled)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancelled);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                var text = line.Length <= most ? Encoding.Latin1.GetString(line) : "";
                input.AdvanceTo(buffer.GetPosition(1, end));
                return text.EndsWith('\r')
                    ? text[..^1]
                    : throw new InvalidDataException("A line between chunks is too long, or does not end with CR LF.");
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (buffer.Length > most)
            {
                throw new InvalidDataException("A line between chunks is too long.");
            }

            if (read.IsCompleted)
            {
                throw new EndOfStreamException("The connection ended before the last chunk.");
            }
        }
    }

    private static (long Size, bool IsWhole) Size(string line)
    {
        var semicolon = line.IndexOf(';', StringComparison.Ordinal);
        var digits = (semicolon < 0 ? line.AsSpan() : line.AsSpan(0, semicolon)).TrimEnd(" \t");
        if (digits.Length > MostDigits
            || !long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
        {
            throw new InvalidDataException("A chunk does not begin with its length in hexadecimal digits.");
        }

        var isWhole = semicolon >= 0 && line[(semicolon + 1)..].Split(';', StringSplitOptions.TrimEntries)
            .Contains("ieof", StringComparer.OrdinalIgnoreCase);
        return (size, isWhole);
    }
}
