using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>
/// Finds the URLs in the values of JSON documents, one behind the other, as they pass through. Strings count whole: what stands within a readme is nobody's link. What is not
/// strictly JSON is <see cref="IsBroken"/>, and has to be searched as a text of no format.
/// </summary>
internal sealed class JsonLinks(LinkFindings findings)
{
    private const int MostOfName = 64;

    private static readonly SearchValues<byte> EndsOfString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> Literals = SearchValues.Create("0123456789+-.eEtrufalsnINyi"u8);

    private readonly JsonPlace _place = new();
    private readonly CapturedText _string = new();
    private readonly CapturedText _code = new();
    private readonly List<bool> _arrays = [];
    private readonly NuGetResource _resource = new(findings);
    private bool _isInString;
    private bool _isEscaped;
    private bool _isName;
    private bool _isBehindName;
    private char _highSurrogate;

    /// <summary>It is no JSON, or nested deeper than any index.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The text ended within a document.</summary>
    public bool IsOpen => _isInString || _arrays.Count > 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        for (var left = bytes; left.Length > 0 && !IsBroken;)
        {
            left = left[(_isInString ? TakeString(left) : TakeOther(left[0]))..];
        }
    }

    private int TakeOther(byte one)
    {
        switch (one)
        {
            case (byte)'"':
                _isInString = true;
                _string.Clear();
                IsBroken = _isBehindName;
                break;
            case (byte)'{' or (byte)'[':
                Open(isArray: one == '[');
                break;
            case (byte)'}' or (byte)']':
                Close(isArray: one == ']');
                break;
            case (byte)':':
                IsBroken = !_isBehindName;
                _isBehindName = false;
                break;
            case (byte)',':
                IsBroken = _arrays.Count == 0 || _isBehindName;
                _isName = _arrays.Count > 0 && !_arrays[^1];
                break;
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                break;
            default:
                IsBroken = !Literals.Contains(one) || _isName || _isBehindName;
                break;
        }

        return 1;
    }

    private void Open(bool isArray)
    {
        IsBroken = _isName || _isBehindName || _place.IsFull;
        if (!IsBroken)
        {
            _place.Enter(isArray ? JsonPlace.Element : "");
            _arrays.Add(isArray);
            _isName = !isArray;
        }
    }

    private void Close(bool isArray)
    {
        IsBroken = _isBehindName || _arrays.Count == 0 || _arrays[^1] != isArray;
        if (IsBroken)
        {
            return;
        }

        if (!isArray)
        {
            _resource.Close(_place);
        }

        _place.Leave();
        _arrays.RemoveAt(_arrays.Count - 1);
        _isName = false;
    }

    private int TakeString(ReadOnlySpan<byte> bytes)
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

        var end = bytes.IndexOfAny(EndsOfString);
        _string.Append(end < 0 ? bytes : bytes[..end]);
        if (end < 0)
        {
            return bytes.Length;
        }

        if (bytes[end] == '\\')
        {
            _isEscaped = true;
        }
        else
        {
            EndString();
        }

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
                _string.Append((byte)'\t');
                break;
            case (byte)'"' or (byte)'\\' or (byte)'/':
                _string.Append(one);
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
        _string.Append(encoded[..rune.EncodeToUtf8(encoded)]);
    }

    private void EndString()
    {
        _isInString = false;
        if (_isName)
        {
            _place.Name(_string.FirstLength <= MostOfName ? _string.ToString() : "");
            _isName = false;
            _isBehindName = true;
        }
        else if (_place.Depth > 0)
        {
            TakeValue();
        }
    }

    private void TakeValue()
    {
        if (_resource.Take(_place, _string))
        {
            return;
        }

        var place = _place.Place();
        if (!findings.TryTakeOwn(_string.Beginning, place))
        {
            findings.Add(_string.ToString(), place);
        }
    }
}
