using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>
/// Rewrites one text's links while it passes through. It holds back no more than a link's prefix, wherever the text is cut.
/// </summary>
/// <param name="links">How they are rewritten.</param>
/// <param name="isText">The text is called one: where its first bytes show that links cannot be found in it, it ends.</param>
internal sealed class LinkReplacer(LinkRewriting links, bool isText = true)
{
    private const int MostAtOnce = 16 << 10;

    private readonly byte[] _text = new byte[MostAtOnce + links.Tree.MostOpen];
    private int _held;
    private int _previous = -1;
    private long _read;

    /// <summary>Links rewritten so far.</summary>
    public long Replaced { get; private set; }

    /// <summary>The most bytes that one <see cref="Write"/> takes, so that what comes out is bounded too.</summary>
    public static int MostBytes => MostAtOnce;

    /// <exception cref="UnrewritableTextException">The text is in a code in which links cannot be found.</exception>
    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (isText)
        {
            ThrowIfWide(bytes);
        }

        bytes.CopyTo(_text.AsSpan(_held));
        Replace(_text.AsSpan(0, _held + bytes.Length), isEnd: false, output);
    }

    /// <summary>Writes what was held back: the text is over.</summary>
    public void Finish(IBufferWriter<byte> output) => Replace(_text.AsSpan(0, _held), isEnd: true, output);

    private void Replace(ReadOnlySpan<byte> text, bool isEnd, IBufferWriter<byte> output)
    {
        var (done, at) = (0, 0);
        while (text[at..].IndexOfAny(links.Tree.Beginnings) is var step and >= 0)
        {
            at += step;
            var match = links.Tree.Match(text[at..], at > 0 ? text[at - 1] : _previous, isEnd);
            if (match.IsOpen)
            {
                Hold(text, done, at, output);
                return;
            }

            if (match.Pattern is { } pattern)
            {
                output.Write(text[done..at]);
                output.Write(links.Replacement(pattern));
                Replaced++;
                at += match.Length;
                done = at;
            }
            else
            {
                at++;
            }
        }

        Hold(text, done, text.Length, output);
    }

    /// <summary>Writes the text up to a place and keeps the rest.</summary>
    private void Hold(ReadOnlySpan<byte> text, int done, int at, IBufferWriter<byte> output)
    {
        output.Write(text[done..at]);
        _previous = at > 0 ? text[at - 1] : _previous;
        _held = text.Length - at;
        text[at..].CopyTo(_text);
    }

    /// <summary>A text of 16 or 32 bits a character shows by a byte order mark, or by a zero in its first character.</summary>
    private void ThrowIfWide(ReadOnlySpan<byte> bytes)
    {
        const int FirstBytes = 4;
        if (_read < FirstBytes && bytes[..(int)Math.Min(bytes.Length, FirstBytes - _read)].IndexOfAny<byte>(0, 0xFE, 0xFF) >= 0)
        {
            throw new UnrewritableTextException("Upstream's text has 16 or 32 bits per character, in which links cannot be rewritten.");
        }

        _read += bytes.Length;
    }
}
