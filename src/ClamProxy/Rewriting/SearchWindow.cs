namespace ClamProxy.Rewriting;

/// <summary>
/// A part of a text that passes through: long enough that whatever begins in it can be read to its end, or is longer than a URL is.
/// </summary>
internal sealed class SearchWindow
{
    /// <summary>How much of the text is there behind each place that is searched.</summary>
    public const int Ahead = 8 << 10;

    private const int Behind = 512;
    private const int Bytes = 64 << 10;

    private readonly byte[] _bytes = new byte[Bytes];
    private int _length;
    private int _at;

    /// <summary>What is here.</summary>
    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, _length);

    /// <summary>The first place that was not searched yet.</summary>
    public int At => _at;

    public bool IsFull => _length == Bytes;

    /// <summary>Adds as much as there is room for.</summary>
    /// <returns>How many bytes that is.</returns>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, Bytes - _length);
        bytes[..taken].CopyTo(_bytes.AsSpan(_length));
        _length += taken;
        return taken;
    }

    /// <summary>Drops what was searched, but for what a later place may look back at.</summary>
    /// <param name="to">The first place that is still to be searched.</param>
    /// <returns>By how much all places move.</returns>
    public int MoveTo(int to)
    {
        var dropped = Math.Max(0, to - Behind);
        _bytes.AsSpan(dropped, _length - dropped).CopyTo(_bytes);
        _length -= dropped;
        _at = to - dropped;
        return dropped;
    }
}
