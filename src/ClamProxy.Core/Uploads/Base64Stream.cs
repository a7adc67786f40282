using ClamProxy.Core.Files;

namespace ClamProxy.Core.Uploads;

/// <summary>
/// Decodes base64 as registries do. Node's decoder, which npm registries are mostly written with, takes both alphabets, does without
/// padding, and passes over whatever is no base64.
/// </summary>
/// <param name="text">The text, in ASCII or what contains it.</param>
/// <param name="isLenient">Passes over what is no base64; else that ends it.</param>
internal sealed class Base64Stream(Stream text, bool isLenient) : AsyncReadStream
{
    private const int BlockBytes = 64 * 1024;
    private const sbyte None = -1;
    private const sbyte Blank = -2;
    private const sbyte Padding = -3;

    private static readonly sbyte[] Values = Table();

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
            var value = Values[_block[_at++]];
            if (value < 0)
            {
                _isPadded |= value == Padding;
                if (!isLenient && value == None)
                {
                    throw new FormatException("The text is no base64.");
                }

                continue;
            }

            if (_isPadded && !isLenient)
            {
                throw new FormatException("The base64 goes on behind its padding.");
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

    private static sbyte[] Table()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var values = new sbyte[256];
        Array.Fill(values, None);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
        }

        (values['-'], values['_']) = (values['+'], values['/']);
        (values[' '], values['\t'], values['\r'], values['\n'], values['=']) = (Blank, Blank, Blank, Blank, Padding);
        return values;
    }
}
