namespace ClamProxy.Core.Events;

/// <summary>How each target does, for whoever shows it.</summary>
public sealed class EventHealth
{
    private readonly EventReport _report;

    internal EventHealth(EventReport report) => _report = report;

    /// <summary>By name.</summary>
    public IReadOnlyList<TargetState> Targets => _report.States;
}
