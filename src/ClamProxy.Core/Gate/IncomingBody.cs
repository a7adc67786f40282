using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Gate;

/// <summary>A body that is on its way or is being scanned: what of it is here already can be looked at, which is all that a trickle needs.</summary>
internal sealed class IncomingBody(UpstreamHead head, long? announced, SpoolWriter spool)
{
    public UpstreamHead Head => head;

    /// <summary>Bytes in all, where upstream said so.</summary>
    public long? Announced => announced;

    /// <summary>Bytes that are here.</summary>
    public long Received => spool.Length;

    /// <summary>Percent of the body that is here; 0 where it is not known how much it will be.</summary>
    public double Progress => announced > 0 ? 100.0 * Received / announced.Value : 0;

    /// <summary>Reads what is here from an offset on; 0 where there is nothing, or nothing any more.</summary>
    public int Peek(long offset, Span<byte> into) => spool.Peek(offset, into);
}
