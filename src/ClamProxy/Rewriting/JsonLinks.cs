using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>
/// Finds the URLs in the values of JSON documents, one behind the other, as they pass through. Strings count whole: what stands within a
/// readme is nobody's link. What is not strictly JSON is <see cref="IsBroken"/>, and has to be searched as a text of no format.
/// </summary>
internal sealed class JsonLinks(LinkFindings findings)
{
    private const int MostOfName = 64;

    private static readonly SearchValues<byte> Literals = SearchValues.Create("0123456789+-.eEtrufalsnINyi"u8);

    private readonly JsonPlace _place = new();
    private readonly JsonString _string = new();
    private readonly List<bool> _arrays = [];
    private readonly NuGetResource _resource = new(findings);
    private bool _isInString;
    private bool _isName;
    private bool _isBehindName;

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
                _string.Begin();
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
        var length = _string.Take(bytes);
        IsBroken = _string.IsBroken;
        if (_string.IsOver)
        {
            EndString();
        }

        return length;
    }

    private void EndString()
    {
        _isInString = false;
        if (_isName)
        {
            _place.Name(_string.Text.FirstLength <= MostOfName ? _string.Text.ToString() : "");
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
        if (_resource.Take(_place, _string.Text))
        {
            return;
        }

        var place = _place.Place();
        if (!findings.TryTakeOwn(_string.Text.Beginning, place))
        {
            findings.Add(_string.Text.ToString(), place);
        }
    }
}
