namespace ClamProxy.JobSteps;

/// <summary>The system's clock, so much later: what is swept after a day is swept now.</summary>
internal sealed class LateClock(TimeSpan late) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + late;
}
