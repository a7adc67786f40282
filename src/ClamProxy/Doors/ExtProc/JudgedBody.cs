using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;

namespace ClamProxy.Doors.ExtProc;

/// <summary>A body's end here.</summary>
/// <param name="Decision">What becomes of it.</param>
/// <param name="File">Its bytes; null: it was not taken.</param>
internal sealed record JudgedBody(ScanDecision Decision, SpoolFile? File) : IDisposable
{
    public bool Passes => Decision is ScanDecision.Clean or ScanDecision.Released;

    public void Dispose() => File?.Dispose();
}
