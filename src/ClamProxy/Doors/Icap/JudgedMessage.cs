using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;

namespace ClamProxy.Doors.Icap;

/// <summary>A message's end here.</summary>
/// <param name="Decision">What becomes of it.</param>
/// <param name="Body">Its bytes; null: they were not taken.</param>
internal sealed record JudgedMessage(ScanDecision Decision, SpoolFile? Body) : IDisposable
{
    public void Dispose() => Body?.Dispose();
}
