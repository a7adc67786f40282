using System.Buffers;
using System.Security.Cryptography;
using ClamProxy.Core.Failures;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>Takes one body, once, from its first byte to its last, and hashes it in the same pass.</summary>
public sealed class SpoolWriter : IDisposable
{
    private const int FirstBuffer = 16 << 10;

    private readonly SpoolFolder _folder;
    private readonly long? _expectedLength;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[]? _memory;
    private SafeFileHandle? _file;
    private long _onDisk;

    internal SpoolWriter(SpoolFolder folder, long? expectedLength)
    {
        _folder = folder;
        _expectedLength = expectedLength;
    }

    /// <summary>Bytes taken so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends to the body.</summary>
    /// <returns>Null when the bytes are kept; else <see cref="FailureReason.TooLarge"/> or <see cref="FailureReason.SpoolFull"/>.</returns>
    public async ValueTask<Failure?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Length + bytes.Length > _folder.MaxFileSize)
        {
            return new(FailureReason.TooLarge, $"The body is larger than MAX_FILE_SIZE ({_folder.MaxFileSize} bytes).");
        }

        try
        {
            if (_file is null && TryKeepInMemory(bytes.Span))
            {
                _hash.AppendData(bytes.Span);
                Length += bytes.Length;
                return null;
            }

            return await WriteToDiskAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(FailureReason.SpoolFull, "The spool could not be written.", e);
        }
    }

    /// <summary>Ends the body: from here on it is only read. The writer has nothing left to dispose of then.</summary>
    public SpoolFile Complete()
    {
        var file = new SpoolFile(_folder, Length, _hash.GetHashAndReset(), _memory, _file, _onDisk);
        _memory = null;
        _file = null;
        _onDisk = 0;
        return file;
    }

    public void Dispose()
    {
        _hash.Dispose();
        DropMemory();
        _file?.Dispose();
        _folder.Disk.Return(_onDisk);
        _file = null;
        _onDisk = 0;
    }

    private bool TryKeepInMemory(ReadOnlySpan<byte> bytes)
    {
        var needed = Length + bytes.Length;
        if (needed > _folder.MemoryThreshold || _expectedLength > _folder.MemoryThreshold)
        {
            return false;
        }

        if (_memory is null || _memory.Length < needed)
        {
            var wanted = (int)Math.Max(Math.Max(needed, _expectedLength ?? 0), Math.Max(FirstBuffer, 2L * (_memory?.Length ?? 0)));
            if (!TryGrow(wanted))
            {
                return false;
            }
        }

        bytes.CopyTo(_memory.AsSpan((int)Length));
        return true;
    }

    private bool TryGrow(int wanted)
    {
        var larger = ArrayPool<byte>.Shared.Rent(wanted);
        if (!_folder.Memory.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        _memory.AsSpan(0, (int)Length).CopyTo(larger);
        DropMemory();
        _memory = larger;
        return true;
    }

    private async ValueTask<Failure?> WriteToDiskAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var added = _file is null ? Length + bytes.Length : bytes.Length;
        if (!_folder.Disk.TryTake(added))
        {
            return new(FailureReason.SpoolFull, "The spool has reached its bound.");
        }

        _onDisk += added;
        if (_file is null)
        {
            _file = _folder.OpenNameless();
            await RandomAccess.WriteAsync(_file, _memory.AsMemory(0, (int)Length), 0, cancellationToken).ConfigureAwait(false);
            DropMemory();
        }

        // The write runs on another thread meanwhile: hashing costs about as much as the page cache does.
        var write = RandomAccess.WriteAsync(_file, bytes, Length, cancellationToken);
        _hash.AppendData(bytes.Span);
        await write.ConfigureAwait(false);
        Length += bytes.Length;
        return null;
    }

    private void DropMemory()
    {
        if (_memory is { } memory)
        {
            _memory = null;
            _folder.Memory.Return(memory.Length);
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
