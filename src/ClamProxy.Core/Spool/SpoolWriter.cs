using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>Takes one body, once, from its first byte to its last.</summary>
public sealed class SpoolWriter : IDisposable
{
    private readonly SpoolFolder _folder;
    private readonly long? _expectedLength;
    private readonly bool _takesAnySize;
    private readonly Func<bool>? _yields;
    private SafeFileHandle? _file;
    private SafeFileHandle? _peeked;
    private long _length;
    private ISpoolHash? _hash;
    private readonly WaitingClients _clients;
    private RoomCharge? _room;
    private bool _isInMemory;

    internal SpoolWriter(SpoolFolder folder, long? expectedLength, bool takesAnySize, WaitingClients clients, Func<bool>? yields)
    {
        _folder = folder;
        _takesAnySize = takesAnySize;
        _expectedLength = expectedLength;
        _clients = clients;
        _yields = yields;
    }

    /// <summary>Bytes taken so far. Any thread may ask.</summary>
    public long Length
    {
        get => Interlocked.Read(ref _length);
        private set => Interlocked.Exchange(ref _length, value);
    }

    /// <summary>
    /// Reads what has been taken so far, while more is on its way and after; 0 where there is nothing, or nothing any more.
    /// </summary>
    public int Peek(long offset, Span<byte> into)
    {
        var left = (int)Math.Clamp(Length - offset, 0, into.Length);
        if (left == 0 || Volatile.Read(ref _peeked) is not { } file)
        {
            return 0;
        }

        try
        {
            return RandomAccess.Read(file, into[..left], offset);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Appends to the body.</summary>
    /// <returns>Null when the bytes are kept; else <see cref="FailureReason.TooLarge"/> or <see cref="FailureReason.SpoolFull"/>.</returns>
    public async ValueTask<Failure?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!_takesAnySize && _folder.Refuse(Length + bytes.Length) is { } tooLarge)
        {
            return tooLarge;
        }

        try
        {
            if (_file is null)
            {
                Open();
            }

            if (_yields?.Invoke() == true && !_folder.HasSpare(_clients.First))
            {
                return _folder.Full(RoomOutcome.ShareIsFull);
            }

            if (_room!.TryGrowTo(Length + bytes.Length) is var answer && answer != RoomOutcome.Taken)
            {
                return _folder.Full(answer);
            }

            if (_isInMemory)
            {
                RandomAccess.Write(_file!, bytes.Span, Length);
            }
            else
            {
                await RandomAccess.WriteAsync(_file!, bytes, Length, cancellationToken).ConfigureAwait(false);
            }

            Length += bytes.Length;
            _hash!.Written(Length);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(FailureReason.SpoolFull, "The spool could not be written.", e);
        }
    }

    /// <summary>Ends the body: from here on it is only read. The writer has nothing left to dispose of then.</summary>
    public SpoolFile Complete()
    {
        _hash?.Complete();
        var file = new SpoolFile(Length, _file, _isInMemory, _hash, _room, _clients);
        _file = null;
        _room = null;
        return file;
    }

    public void Dispose()
    {
        _hash?.Complete();
        _file?.Dispose();
        _file = null;
        _room?.Dispose();
        _room = null;
    }

    /// <summary>A body that announces itself as small stays in memory while there is room; any other goes to disk.</summary>
    private void Open()
    {
        if (_expectedLength <= _folder.MemoryThreshold)
        {
            _room = new RoomCharge(_folder.Memory, _clients);
            _file = _room.TryGrowTo(_expectedLength.Value) == RoomOutcome.Taken ? MemoryFile.Create() : null;
        }

        _isInMemory = _file is not null;
        if (_file is null)
        {
            _room?.Dispose();
            _room = new RoomCharge(_folder.Disk, _clients);
            _file = _folder.OpenNameless();
        }

        _hash = _isInMemory ? new OnDemandHash(_file) : new TrailingHash(_file);
        Volatile.Write(ref _peeked, _file);
    }
}
