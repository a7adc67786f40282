using ClamProxy.Core.Files;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Decodes base64 as registries do, each in its way.
/// </summary>
/// <param name="text">The text, in ASCII or what contains it.</param>
/// <param name="reading">In which of the ways.</param>
internal sealed class Base64Stream(Stream text, Base64Reading reading) : AsyncReadStream
{
    private const int BlockBytes = 64 * 1024;
    private const sbyte None = -1;
    private const sbyte Blank = -2;
    private const sbyte Padding = -3;

    private static readonly sbyte[] Standard = Table(takesBoth: false);
    private static readonly sbyte[] Both = Table(takesBoth: true);

    private readonly sbyte[] _values = reading == Base64Reading.BothAlphabets ? Both : Standard;
    private readonly byte[] _block = new byte[BlockBytes];
    private int _at;
    private int _count;
    private int _bits;
    private int _pending;
    private bool _isPadded;

    /// <exception cref="FormatException">The text is no base64.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_at == _count)
            {
                (_at, _count) = (0, await text.ReadAsync(_block, cancellationToken).ConfigureAwait(false));
                if (_count == 0)
                {
                    return 0;
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
        while (_at < _count && written < into.Length)
        {
            var value = _values[_block[_at++]];
            if (value < 0)
            {
                _isPadded |= value == Padding;
                if (reading == Base64Reading.Strict && value == None)
                {
                    throw new FormatException("The text is no base64.");
                }

                continue;
            }

            if (_isPadded && reading == Base64Reading.Strict)
            {
                throw new FormatException("The base64 goes on behind its padding.");
            }

            if (_isPadded && reading == Base64Reading.UntilPadding)
            {
                continue;
            }

            _pending = (_pending << 6) | (byte)value;
            _bits += 6;
            if (_bits >= 8)
            {
                _bits -= 8;
                into[written++] = (byte)(_pending >> _bits);
                _pending &= (1 << _bits) - 1;
            }
        }

        return written;
    }

    private static sbyte[] Table(bool takesBoth)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var values = new sbyte[256];
        Array.Fill(values, None);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
        }

        if (takesBoth)
        {
            (values['-'], values['_']) = (values['+'], values['/']);
        }

        (values[' '], values['\t'], values['\r'], values['\n'], values['=']) = (Blank, Blank, Blank, Blank, Padding);
        return values;
    }
}
