using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>One whole body that nobody changes any more. Its room is given back when the owner and every reader have let go.</summary>
public sealed class SpoolFile : IDisposable
{
    private readonly SpoolFolder _folder;
    private readonly byte[]? _memory;
    private readonly long _onDisk;
    private int _holders = 1;
    private int _ownerLeft;

    internal SpoolFile(SpoolFolder folder, long length, byte[] sha256, byte[]? memory, SafeFileHandle? file, long onDisk)
    {
        _folder = folder;
        _memory = memory;
        _onDisk = onDisk;
        File = file;
        Length = length;
        Sha256 = Convert.ToHexStringLower(sha256);
    }

    /// <summary>Bytes in all.</summary>
    public long Length { get; }

    /// <summary>SHA-256 of all bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>The file's descriptor; null when the body is in memory.</summary>
    public SafeFileHandle? File { get; }

    /// <summary>A reader of its own position; the body stays until it is disposed of.</summary>
    /// <exception cref="ObjectDisposedException">Everybody has let go already.</exception>
    public SpoolReader OpenReader()
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            ObjectDisposedException.ThrowIf(holders == 0, this);
        }
        while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);

        return new SpoolReader(this);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ownerLeft, 1) == 0)
        {
            LetGo();
        }
    }

    internal void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) != 0)
        {
            return;
        }

        if (_memory is not null)
        {
            _folder.Memory.Return(_memory.Length);
            ArrayPool<byte>.Shared.Return(_memory);
        }

        File?.Dispose();
        _folder.Disk.Return(_onDisk);
    }

    internal ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        if (File is not null)
        {
            return RandomAccess.ReadAsync(File, into, offset, cancellationToken);
        }

        var count = (int)Math.Clamp(Length - offset, 0, into.Length);
        _memory.AsMemory((int)Math.Min(offset, Length), count).CopyTo(into);
        return ValueTask.FromResult(count);
    }
}
