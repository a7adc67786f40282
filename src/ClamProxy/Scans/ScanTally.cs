using ClamProxy.Commands;

namespace ClamProxy.Scans;

/// <summary>Which outcomes there were, and so how a command ends. Several may add at once.</summary>
internal sealed class ScanTally
{
    private readonly HashSet<ScanOutcome> _outcomes = [];
    private readonly Lock _lock = new();

    public void Add(ScannedContent content)
    {
        lock (_lock)
        {
            _outcomes.Add(content.Outcome);
        }
    }

    public int ExitCode(bool isInterrupted) =>
        _outcomes.Contains(ScanOutcome.Refused) ? CommandExit.Refused
        : _outcomes.Contains(ScanOutcome.Failed) || isInterrupted ? CommandExit.Failed
        : CommandExit.Clean;
}
