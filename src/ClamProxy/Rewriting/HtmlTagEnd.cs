using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>
/// Finds the end of a tag byte by byte: a <c>&gt;</c> that is not within a value's quotes (WHATWG HTML §13.2.5.32 and on).
/// </summary>
internal sealed class HtmlTagEnd
{
    private static readonly SearchValues<byte> Marks = SearchValues.Create("<>=\"'"u8);

    private byte _quote;
    private bool _isBehindEquals;

    public void Begin() => (_quote, _isBehindEquals) = (0, false);

    /// <summary>How many bytes neither end the tag nor begin or end a value; negative: all.</summary>
    public int LengthOfPlain(ReadOnlySpan<byte> bytes) => _quote != 0 ? bytes.IndexOf(_quote) : bytes.IndexOfAny(Marks);

    /// <summary>Takes bytes of which <see cref="LengthOfPlain"/> has told.</summary>
    public void TakePlain(ReadOnlySpan<byte> bytes) => _isBehindEquals &= !bytes.ContainsAnyExcept(HtmlTag.Blanks);

    /// <returns>Whether the tag ends with this byte.</returns>
    public bool Take(byte one)
    {
        if (_quote != 0)
        {
            _quote = one == _quote ? (byte)0 : _quote;
            return false;
        }

        _quote = _isBehindEquals && one is (byte)'"' or (byte)'\'' ? one : (byte)0;
        _isBehindEquals = one == '=' || (_isBehindEquals && HtmlTag.IsBlank(one));
        return _quote == 0 && one == '>';
    }
}
