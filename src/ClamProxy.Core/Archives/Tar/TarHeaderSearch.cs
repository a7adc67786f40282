namespace ClamProxy.Core.Archives.Tar;

/// <summary>
/// Looks for a tar's header behind the first block of something that is read once, wherever a block begins: GNU tar and npm pass over what
/// they cannot read until they find one.
/// </summary>
internal sealed class TarHeaderSearch
{
    private const int EndZeros = 2;

    private readonly byte[] _block = new byte[TarFormat.BlockLength];
    private int _filled;
    private int _zeros;
    private bool _isTar;
    private bool _isBehindFirst;

    /// <summary>There is one, though it does not begin with one.</summary>
    public bool HasFound { get; private set; }

    /// <summary>The same in front of a tar's end: nobody reads on there.</summary>
    public bool HasFoundBeforeEnd { get; private set; }

    /// <summary>There is no use in going on for what is not behind a tar's end.</summary>
    public bool IsEnded => _zeros == EndZeros;

    public void Clear() => (_filled, _zeros, _isTar, _isBehindFirst, HasFound, HasFoundBeforeEnd) = (0, 0, false, false, false, false);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_filled == 0 && bytes.Length >= TarFormat.BlockLength)
            {
                Check(bytes[..TarFormat.BlockLength]);
                bytes = bytes[TarFormat.BlockLength..];
                continue;
            }

            var part = bytes[..Math.Min(bytes.Length, TarFormat.BlockLength - _filled)];
            part.CopyTo(_block.AsSpan(_filled));
            bytes = bytes[part.Length..];
            _filled = (_filled + part.Length) % TarFormat.BlockLength;
            if (_filled == 0)
            {
                Check(_block);
            }
        }
    }

    private void Check(ReadOnlySpan<byte> block)
    {
        if (!_isBehindFirst)
        {
            _isTar = TarHeader.IsTar(block);
        }
        else if (!_isTar && TarHeader.IsHeader(block))
        {
            (HasFound, HasFoundBeforeEnd) = (true, HasFoundBeforeEnd || !IsEnded);
        }

        _isBehindFirst = true;
        if (!IsEnded)
        {
            _zeros = block.ContainsAnyExcept((byte)0) ? 0 : _zeros + 1;
        }
    }
}
