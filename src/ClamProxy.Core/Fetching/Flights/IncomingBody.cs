using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// A body that is on its way or is being scanned: what of it is here already can be looked at, which is all that a trickle needs.
/// </summary>
internal sealed class IncomingBody
{
    private readonly Func<long> _received;
    private readonly PeekAt _peek;

    private IncomingBody(UpstreamHead head, long? announced, Func<long> received, PeekAt peek)
    {
        Head = head;
        Announced = announced;
        _received = received;
        _peek = peek;
    }

    private delegate int PeekAt(long offset, Span<byte> into);

    public UpstreamHead Head { get; }

    /// <summary>It was here before, and is scanned again.</summary>
    public bool IsStored { get; private init; }

    /// <summary>Bytes in all, where upstream said so.</summary>
    public long? Announced { get; }

    /// <summary>Bytes that are here.</summary>
    public long Received => _received();

    /// <summary>Percent of the body that is here; 0 where it is not known how much it will be.</summary>
    public double Progress => Announced > 0 ? 100.0 * Received / Announced.Value : 0;

    /// <summary>A body that is being downloaded.</summary>
    public static IncomingBody Of(UpstreamHead head, long? announced, SpoolWriter spool) =>
        new(head, announced, () => spool.Length, spool.Peek);

    /// <summary>A stored body that is being scanned again.</summary>
    public static IncomingBody Of(UpstreamHead head, StoredFile file) => new(head, file.Length, () => file.Length, (offset, into) =>
    {
        try
        {
            return RandomAccess.Read(file.File, into, offset);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    })
    {
        IsStored = true,
    };

    /// <summary>Reads what is here from an offset on; 0 where there is nothing, or nothing any more.</summary>
    public int Peek(long offset, Span<byte> into) => _peek(offset, into);
}
