using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>Goes through JSON documents, one behind the other, as they pass through, and stops where a string or an object ends.</summary>
internal sealed class JsonWalk
{
    private const int MostOfName = 64;

    private static readonly SearchValues<byte> Literals = SearchValues.Create("0123456789+-.eEtrufalsnINyi"u8);

    private readonly List<bool> _arrays = [];
    private bool _isInString;
    private bool _isName;
    private bool _isBehindName;

    /// <summary>Where it is.</summary>
    public JsonPlace Place { get; } = new();

    /// <summary>The latest string.</summary>
    public JsonString String { get; } = new();

    /// <summary>What the latest <see cref="Take"/> came to.</summary>
    public JsonStep Step { get; private set; }

    /// <summary>It is within a string that is a value.</summary>
    public bool IsInValue => _isInString && !_isName && Place.Depth > 0;

    /// <summary>It is no JSON, or nested deeper than any index.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The text ended within a document.</summary>
    public bool IsOpen => _isInString || _arrays.Count > 0;

    /// <returns>How many bytes were taken, at least one; the step ends behind them.</returns>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        Step = JsonStep.Inside;
        return _isInString ? TakeString(bytes) : TakeOther(bytes[0]);
    }

    private int TakeOther(byte one)
    {
        switch (one)
        {
            case (byte)'"':
                _isInString = true;
                String.Begin();
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
        IsBroken = _isName || _isBehindName || Place.IsFull;
        if (!IsBroken)
        {
            Place.Enter(isArray ? JsonPlace.Element : "");
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

        Step = isArray ? JsonStep.Inside : JsonStep.EndOfObject;
        Place.Leave();
        _arrays.RemoveAt(_arrays.Count - 1);
        _isName = false;
    }

    private int TakeString(ReadOnlySpan<byte> bytes)
    {
        var length = String.Take(bytes);
        IsBroken = String.IsBroken;
        if (String.IsOver)
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
            Place.Name(String.Text.FirstLength <= MostOfName ? String.Text.ToString() : "");
            _isName = false;
            _isBehindName = true;
        }
        else if (Place.Depth > 0)
        {
            Step = JsonStep.EndOfValue;
        }
    }
}
