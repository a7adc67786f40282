using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>
/// A string of any length of which the first and the last bytes are kept: enough to tell where a link leads and how its file is called.
/// </summary>
internal sealed class CapturedText
{
    private const int First = 2048;
    private const int Last = 256;

    private readonly byte[] _first = new byte[First];
    private readonly byte[] _last = new byte[Last];
    private int _firstLength;
    private int _lastLength;

    public int FirstLength => _firstLength;

    public ReadOnlySpan<byte> Beginning => _first.AsSpan(0, _firstLength);

    public void Clear() => (_firstLength, _lastLength) = (0, 0);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var first = Math.Min(bytes.Length, First - _firstLength);
        bytes[..first].CopyTo(_first.AsSpan(_firstLength));
        _firstLength += first;
        AppendLast(bytes[first..]);
    }

    public void Append(byte one) => Append([one]);

    public override string ToString() => Encoding.UTF8.GetString(_first, 0, _firstLength) + Encoding.UTF8.GetString(_last, 0, _lastLength);

    private void AppendLast(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= Last)
        {
            bytes[^Last..].CopyTo(_last);
            _lastLength = Last;
            return;
        }

        var kept = Math.Min(_lastLength, Last - bytes.Length);
        _last.AsSpan(_lastLength - kept, kept).CopyTo(_last);
        bytes.CopyTo(_last.AsSpan(kept));
        _lastLength = kept + bytes.Length;
    }
}
