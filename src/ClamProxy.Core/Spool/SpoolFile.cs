using System.Security.Cryptography;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>One whole body that nobody changes any more. Its room is given back when the owner and every reader have let go.</summary>
public sealed class SpoolFile : ISharedContent
{
    private static readonly Task<string> OfNothing = Task.FromResult(Convert.ToHexStringLower(SHA256.HashData([])));

    private readonly bool _isInMemory;
    private readonly ISpoolHash? _hash;
    private readonly RoomCharge? _room;
    private readonly WaitingClients _clients;
    private int _holders = 1;
    private int _ownerLeft;

    internal SpoolFile(long length, SafeFileHandle? file, bool isInMemory, ISpoolHash? hash, RoomCharge? room, WaitingClients clients)
    {
        _clients = clients;
        _room = room;
        _isInMemory = isInMemory;
        _hash = hash;
        File = file;
        Length = length;
    }

    /// <summary>Bytes in all.</summary>
    public long Length { get; }

    /// <summary>
    /// SHA-256 of all bytes, 64 lower-case hexadecimal digits; it may be there only a little after the last byte, or take its time on the
    /// thread of whoever asks first.
    /// </summary>
    public Task<string> Sha256 => _hash?.Sha256 ?? OfNothing;

    /// <summary>The file's descriptor, on disk or in memory; null when the body is empty.</summary>
    public SafeFileHandle? File { get; }

    /// <summary>A reader of its own position; the body stays until it is disposed of.</summary>
    /// <param name="client">In whose share the body's room counts while it reads, among others' who do; null: in that of those
    /// others.</param>
    /// <exception cref="ObjectDisposedException">Everybody has let go already.</exception>
    public IContentReader OpenReader(string? client = null)
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            ObjectDisposedException.ThrowIf(holders == 0, this);
        }
        while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);

        if (client is not null)
        {
            _clients.Add(client);
        }

        return new SpoolReader(this, client);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ownerLeft, 1) == 0)
        {
            LetGo();
        }
    }

    /// <summary>
    /// The store has the file under a name now, and counts it: whoever reads it, however slowly, takes no room of the spool any more.
    /// </summary>
    public void GiveRoomBackIfStored()
    {
        if (!_isInMemory && File is not null && NativeFile.TryLook(File, out var look) && look.Names > 0)
        {
            _room?.Dispose();
        }
    }

    internal void LetGo(string? reader = null)
    {
        if (reader is not null)
        {
            _clients.Remove(reader);
        }

        if (Interlocked.Decrement(ref _holders) != 0)
        {
            return;
        }

        File?.Dispose();
        _room?.Dispose();
    }

    internal ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
        File is null ? ValueTask.FromResult(0)
        : _isInMemory ? ValueTask.FromResult(RandomAccess.Read(File, into.Span, offset))
        : CachedRead.ReadAsync(File, offset, into, cancellationToken);
}
