using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Intake;

/// <summary>What is here of a content: while it is taken, and then until its file is disposed of. Any thread may ask.</summary>
public sealed class IntakeProgress
{
    private SpoolWriter? _spool;

    /// <summary>Bytes that are here.</summary>
    public long Received => Volatile.Read(ref _spool)?.Length ?? 0;

    /// <summary>Reads what is here from an offset on; 0 where there is nothing, or nothing any more.</summary>
    public int Peek(long offset, Span<byte> into) => Volatile.Read(ref _spool)?.Peek(offset, into) ?? 0;

    internal void Follow(SpoolWriter spool) => Volatile.Write(ref _spool, spool);
}
