using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.TestKit;

/// <summary>A clock that moves only when told to, from the first moment of 2026 on (UTC).</summary>
public static class FakeClock
{
    public static FakeTimeProvider Create() => new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
