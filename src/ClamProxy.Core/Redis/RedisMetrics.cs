using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Redis;

/// <summary>What the connection to Redis shows. Meter <c>ClamProxy.Redis</c>.</summary>
internal sealed class RedisMetrics(IMeterFactory meters)
{
    public const string MeterName = "ClamProxy.Redis";

    private readonly Meter _meter = meters.Create(MeterName);

    public void ObserveBreaker(Func<bool> isOpen) =>
        _meter.CreateObservableGauge(
            "clamproxy.verdicts.breaker.open", () => isOpen() ? 1 : 0, "{breaker}", "1 while Redis is not asked because it fails, else 0.");
}
