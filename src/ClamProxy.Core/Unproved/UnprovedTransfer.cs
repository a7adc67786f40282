namespace ClamProxy.Core.Unproved;

/// <summary>A transfer that is remembered. Until it says what it sent, no range of its URL is given to its client.</summary>
public sealed class UnprovedTransfer
{
    private readonly UnprovedTransfers _memory;
    private readonly UnprovedEntry _entry;

    internal UnprovedTransfer(UnprovedTransfers memory, UnprovedEntry entry) => (_memory, _entry) = (memory, entry);

    /// <summary>Whether bytes may still be leaving.</summary>
    public bool IsOpen => _entry.Piece is null;

    /// <summary>The client has these bytes, or some of them: a range must fit them from now on.</summary>
    public ValueTask SettleAsync(UnprovedPiece piece) => piece.Length == 0 ? ForgetAsync() : _memory.SettleAsync(_entry, piece);

    /// <summary>The client has the whole file, and it is clean; or it has nothing of it.</summary>
    public ValueTask ForgetAsync() => _memory.ForgetAsync(_entry);
}
