using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compressed;

/// <summary>
/// The packed bytes of a gzip whose sum or length at its end is wrong (RFC 1952, 2.3.1): clamd and every other reader unpack them, and some
/// say afterwards that they are wrong. Readers differ in whether they go on with a gzip behind such an end.
/// </summary>
internal static class GzipBody
{
    private const int BufferLength = 64 * 1024;
    private const int FixedLength = 10;
    private const byte HasExtra = 4;
    private const byte HasName = 8;
    private const byte HasComment = 16;

    /// <param name="most">The most bytes that it may unpack to.</param>
    /// <returns>Null: something else is wrong with it.</returns>
    public static async Task<ContentWindow?> FindAsync(IContentReader content, long most, CancellationToken cancellationToken)
    {
        var head = new byte[(int)Math.Min(BufferLength, content.Length)];
        await content.FillAsync(0, head, cancellationToken).ConfigureAwait(false);
        if (DataAt(head) is not { } at)
        {
            return null;
        }

        var data = new ContentWindow(content, at, content.Length - at);
        return await EndAsync(data, most, cancellationToken).ConfigureAwait(false) is { } end
            && !await GzipEnd.HoldsMoreAsync(content, at + end, cancellationToken).ConfigureAwait(false)
                ? data
                : null;
    }

    /// <summary>Readers differ in what they do about flags that are reserved, and a sum of the header.</summary>
    private static int? DataAt(ReadOnlySpan<byte> head)
    {
        if (head.Length < FixedLength || !GzipEnd.IsGzip(head) || (head[3] & ~(1 | HasExtra | HasName | HasComment)) != 0)
        {
            return null;
        }

        var at = FixedLength;
        if ((head[3] & HasExtra) != 0)
        {
            at += at + 2 <= head.Length ? 2 + head[at] + (head[at + 1] << 8) : head.Length;
        }

        foreach (var text in new[] { HasName, HasComment })
        {
            if ((head[3] & text) != 0)
            {
                var length = at < head.Length ? head[at..].IndexOf((byte)0) : -1;
                at = length < 0 ? head.Length : at + length + 1;
            }
        }

        return at < head.Length ? at : null;
    }

    /// <returns>Where the packed bytes end; null: they do not, are broken, or are too many.</returns>
    private static async Task<long?> EndAsync(ContentWindow data, long most, CancellationToken cancellationToken)
    {
        var whole = new EndWatch(data);
        if (!await UnpacksAsync(whole, most, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        // An unpacker reads ahead: the last piece is given to it byte by byte.
        var slow = new EndWatch(data) { SlowFrom = whole.LastAt };
        return await UnpacksAsync(slow, most, cancellationToken).ConfigureAwait(false) ? slow.NextAt : null;
    }

    private static async Task<bool> UnpacksAsync(EndWatch data, long most, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        var unpacked = MemberInflater.Open(data);
        await using var _ = unpacked.ConfigureAwait(false);
        try
        {
            long length = 0;
            int read;
            while ((read = await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0 && (length += read) <= most)
            {
            }

            return read == 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
