using System.Globalization;
using System.Text;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Uploads;

/// <summary>What a JSON string stands for (RFC 8259 §7), in UTF-8, from what stands between its quotes.</summary>
/// <param name="quoted">That; it is well-formed.</param>
internal sealed class JsonStringStream(Stream quoted) : AsyncReadStream
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>The most that one piece of input becomes at once: two halves of a pair that are none are three bytes each.</summary>
    private const int Longest = 6;

    private readonly byte[] _block = new byte[BlockBytes];
    private readonly StringBuilder _hex = new(4);
    private int _at;
    private int _count;
    private bool _isEscaped;
    private bool _isHex;
    private char _high;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length < Longest)
        {
            throw new ArgumentException($"takes a buffer of {Longest} bytes at least", nameof(buffer));
        }

        while (true)
        {
            if (_at == _count)
            {
                (_at, _count) = (0, await quoted.ReadAsync(_block, cancellationToken).ConfigureAwait(false));
                if (_count == 0)
                {
                    return Flush(buffer.Span);
                }
            }

            if (Take(buffer.Span) is var written and > 0)
            {
                return written;
            }
        }
    }

    private int Take(Span<byte> into)
    {
        var written = 0;
        while (_at < _count && written <= into.Length - Longest)
        {
            var next = _block[_at++];
            if (_isHex)
            {
                _hex.Append((char)next);
                if (_hex.Length == 4)
                {
                    var unit = ushort.Parse(_hex.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    written += Unit((char)unit, into[written..]);
                    _hex.Clear();
                    _isHex = false;
                }
            }
            else if (_isEscaped)
            {
                _isEscaped = false;
                _isHex = next == 'u';
                written += _isHex ? 0 : Unit(Meaning(next), into[written..]);
            }
            else if (next == '\\')
            {
                _isEscaped = true;
            }
            else
            {
                written += Flush(into[written..]);
                into[written++] = next;
            }
        }

        return written;
    }

    private static char Meaning(byte escaped) => (char)escaped switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        var itself => itself,
    };

    private int Unit(char unit, Span<byte> into)
    {
        if (_high != 0 && char.IsLowSurrogate(unit))
        {
            var pair = new Rune(_high, unit);
            _high = '\0';
            return pair.EncodeToUtf8(into);
        }

        var written = Flush(into);
        if (char.IsHighSurrogate(unit))
        {
            _high = unit;
            return written;
        }

        return written + One(unit, into[written..]);
    }

    /// <summary>A first half that no second one follows.</summary>
    private int Flush(Span<byte> into)
    {
        if (_high == 0)
        {
            return 0;
        }

        _high = '\0';
        return Rune.ReplacementChar.EncodeToUtf8(into);
    }

    private static int One(char unit, Span<byte> into) =>
        (Rune.TryCreate(unit, out var rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(into);
}
