using System.Buffers;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>
/// Replaces relative references in the tags of HTML, of which it holds back one at most. Only correctness depends on it: what comes out is
/// searched by <see cref="HtmlLinks"/> for links that lead past the scanner, whatever is taken for a tag here.
/// </summary>
internal sealed class HtmlReferenceRewriter(RelativeLinks links) : IReferenceRewriter
{
    /// <summary>A longer tag passes through unchanged.</summary>
    private const int MostOfTag = 16 << 10;

    // The beginning of a comment.
    private const int ShortestTag = 4;

    private static readonly byte[][] WithRawText =
    [
        "script"u8.ToArray(), "style"u8.ToArray(), "textarea"u8.ToArray(), "title"u8.ToArray(),
    ];

    private readonly byte[] _tag = new byte[MostOfTag];
    private readonly HtmlTagEnd _end = new();
    private State _state;
    private int _length;
    private int _dashes;
    private byte[]? _rawName;

    private enum State
    {
        Text = 0,
        Tag,
        LongTag,
        Comment,
    }

    private ReadOnlySpan<byte> Tag => _tag.AsSpan(0, _length);

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (bytes.Length > 0)
        {
            var taken = _state switch
            {
                State.Text => PassText(bytes, output),
                State.Comment => PassComment(bytes, output),
                State.LongTag => PassLongTag(bytes, output),
                State.Tag => TakeTag(bytes, output),
            };
            bytes = bytes[taken..];
        }
    }

    public void Finish(IBufferWriter<byte> output) => Release(output, State.Text);

    private int PassText(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var at = bytes.IndexOf((byte)'<');
        output.Write(at < 0 ? bytes : bytes[..at]);
        if (at < 0)
        {
            return bytes.Length;
        }

        _state = State.Tag;
        _end.Begin();
        _tag[0] = (byte)'<';
        _length = 1;
        return at + 1;
    }

    private int PassComment(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var at = 0;
        while (at < bytes.Length && _state == State.Comment)
        {
            var one = bytes[at++];
            _state = one == '>' && _dashes >= 2 ? State.Text : State.Comment;
            _dashes = one == '-' ? _dashes + 1 : 0;
        }

        output.Write(bytes[..at]);
        return at;
    }

    private int PassLongTag(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var at = 0;
        while (at < bytes.Length && _state == State.LongTag)
        {
            _state = _end.Take(bytes[at++]) ? State.Text : State.LongTag;
        }

        output.Write(bytes[..at]);
        return at;
    }

    /// <returns>How many bytes were taken: none where the first one belongs to what is behind the tag.</returns>
    private int TakeTag(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var plain = _length < ShortestTag || _rawName is not null ? 0 : _end.LengthOfPlain(bytes);
        return plain == 0 ? TakeOne(bytes[0], output) : TakePlain(plain < 0 ? bytes : bytes[..plain], output);
    }

    /// <summary>Takes bytes that neither begin nor end anything.</summary>
    private int TakePlain(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var taken = bytes[..Math.Min(bytes.Length, MostOfTag - _length)];
        taken.CopyTo(_tag.AsSpan(_length));
        _length += taken.Length;
        _end.TakePlain(taken);
        if (_length == MostOfTag)
        {
            Release(output, State.LongTag);
        }

        return taken.Length;
    }

    private int TakeOne(byte one, IBufferWriter<byte> output)
    {
        if (!MayGoOn(one))
        {
            Release(output, State.Text);
            return 0;
        }

        _tag[_length++] = one;
        if (Tag.SequenceEqual("<!--"u8))
        {
            _dashes = 2;
            Release(output, State.Comment);
        }
        else if (_end.Take(one))
        {
            EndTag(output);
        }
        else if (_length == MostOfTag)
        {
            Release(output, State.LongTag);
        }

        return 1;
    }

    /// <summary>Whether what is held can still be a tag with this byte: in a script only its own end can.</summary>
    private bool MayGoOn(byte one)
    {
        if (_rawName is null)
        {
            return _length > 1 || char.IsAsciiLetter((char)one) || one is (byte)'/' or (byte)'!' or (byte)'?';
        }

        return _length == 1 ? one == '/' : _length - 2 >= _rawName.Length || (one | 0x20) == _rawName[_length - 2];
    }

    private void EndTag(IBufferWriter<byte> output)
    {
        var name = HtmlTag.NameOf(Tag);
        var isBase = Ascii.EqualsIgnoreCase(name, "base"u8);
        _rawName = null;
        foreach (var raw in WithRawText)
        {
            _rawName = Ascii.EqualsIgnoreCase(name, raw) ? raw : _rawName;
        }

        var done = 0;
        foreach (var (start, end) in HtmlTag.References(Tag))
        {
            var reference = HtmlReferences.Decode(Tag[start..end]).Trim();
            if (links.Of(reference) is { } url)
            {
                output.Write(Tag[done..start]);
                output.Write(Encoding.UTF8.GetBytes(HtmlTag.Encode(url)));
                done = end;
            }

            if (isBase)
            {
                links.SetBase(reference);
            }
        }

        output.Write(Tag[done..]);
        _length = 0;
        _state = State.Text;
    }

    private void Release(IBufferWriter<byte> output, State next)
    {
        output.Write(Tag);
        _length = 0;
        _state = next;
    }
}
