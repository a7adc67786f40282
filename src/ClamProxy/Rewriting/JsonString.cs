using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>One string of a JSON document after the other, its escapes resolved (RFC 8259 §7), as it passes through.</summary>
internal sealed class JsonString
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create("\"\\"u8);

    private readonly CapturedText _code = new();
    private bool _isEscaped;
    private char _highSurrogate;

    /// <summary>What is here of it.</summary>
    public CapturedText Text { get; } = new();

    /// <summary>It contains an invalid escape.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Its last quote was taken.</summary>
    public bool IsOver { get; private set; }

    public void Begin()
    {
        Text.Clear();
        IsOver = false;
    }

    /// <returns>How many bytes were taken: at least one, and none behind its last quote.</returns>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        if (_code.FirstLength > 0)
        {
            TakeCode(bytes[0]);
            return 1;
        }

        if (_isEscaped)
        {
            _isEscaped = false;
            TakeEscape(bytes[0]);
            return 1;
        }

        var end = bytes.IndexOfAny(Ends);
        Text.Append(end < 0 ? bytes : bytes[..end]);
        if (end < 0)
        {
            return bytes.Length;
        }

        _isEscaped = bytes[end] == '\\';
        IsOver = !_isEscaped;
        return end + 1;
    }

    private void TakeEscape(byte one)
    {
        switch (one)
        {
            case (byte)'u':
                _code.Append(one);
                break;
            case (byte)'t' or (byte)'n' or (byte)'r' or (byte)'b' or (byte)'f':
                // Whichever it is: clients drop it from a URL, or take the URL for none.
                Text.Append((byte)'\t');
                break;
            case (byte)'"' or (byte)'\\' or (byte)'/':
                Text.Append(one);
                break;
            default:
                IsBroken = true;
                break;
        }
    }

    private void TakeCode(byte one)
    {
        const int Whole = 5;
        _code.Append(one);
        if (_code.FirstLength < Whole)
        {
            return;
        }

        IsBroken = !ushort.TryParse(_code.Beginning[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code);
        _code.Clear();
        var character = (char)code;
        if (char.IsHighSurrogate(character))
        {
            _highSurrogate = character;
            return;
        }

        Span<byte> encoded = stackalloc byte[4];
        var rune = char.IsLowSurrogate(character) && Rune.TryCreate(_highSurrogate, character, out var pair) ? pair
            : Rune.TryCreate(character, out var single) ? single : Rune.ReplacementChar;
        Text.Append(encoded[..rune.EncodeToUtf8(encoded)]);
    }
}
