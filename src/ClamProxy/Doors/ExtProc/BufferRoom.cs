using ClamProxy.Core.Admission;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Memory for bodies that come in one message. It is taken before Envoy is told to send one.</summary>
internal sealed class BufferRoom(ExtProcOptions options)
{
    private readonly SharedRoom _room = new(options.BufferedTotal, share: 100);

    public long InUse => _room.InUse;

    /// <summary>Takes as much as a body needs.</summary>
    /// <param name="length">Its announced length; null: none was announced, and it may have as much as a message.</param>
    /// <returns>Gives it back; null: there is none left.</returns>
    public Place? TryTake(long? length)
    {
        var bytes = Math.Min(length ?? options.MaxMessage, options.MaxMessage);
        return _room.TryTake(null, bytes) == RoomOutcome.Taken ? new Place(_room, bytes) : null;
    }

    /// <summary>What one body has.</summary>
    internal sealed class Place(SharedRoom room, long bytes) : IDisposable
    {
        private int _isReturned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            {
                room.Return(null, bytes);
            }
        }
    }
}
