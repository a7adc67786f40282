using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>The flight that would answer a request.</summary>
/// <param name="key">What it is shared by.</param>
/// <param name="start">Its work, or why this request may not start it; asked only when there is none to join.</param>
internal sealed class FlightPlan(string key, Func<(Func<Flight, Task<FlightResult>>? Run, Failure? WhyNot)> start)
{
    public string Key => key;

    /// <summary>Why this request may not start it; null where it was not asked, or may.</summary>
    public Failure? WhyNot { get; private set; }

    /// <summary>Whether its work was started by this request.</summary>
    public bool IsStarted { get; private set; }

    public Func<Flight, Task<FlightResult>>? TryStart()
    {
        (var run, WhyNot) = start();
        IsStarted = run is not null;
        return run;
    }
}
