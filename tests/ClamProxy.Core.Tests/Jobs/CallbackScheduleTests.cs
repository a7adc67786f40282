using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Tests.Jobs;

public sealed class CallbackScheduleTests
{
    private static readonly WebhookReply.Failed s_failed = new("The receiver answered 500.");

    [Fact]
    public void WithoutJitter_PausesAreThoseOfTheSchedule()
    {
        var options = new CallbackOptions();
        var schedule = new CallbackSchedule(options, () => 0);

        var pauses = Enumerable.Range(1, options.Pauses.Count + 1).Select(attempt => schedule.PauseAfter(attempt, s_failed)).ToList();

        Assert.Equal([.. options.Pauses.Select(pause => (TimeSpan?)pause), null], pauses);
        Assert.Equal(TimeSpan.FromSeconds(5), pauses[0]);
        Assert.True(options.Pauses.Sum(pause => pause.TotalHours) * (1 + options.Jitter) < 24, "RESULT_TTL would end callbacks first");
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0.5, 5.5)]
    [InlineData(1, 6)]
    public void Jitter_MakesAPauseLongerByAFifthAtMost(double random, double seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), new CallbackSchedule(new CallbackOptions(), () => random).PauseAfter(1, s_failed));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(90, 90)]
    [InlineData(36_000, 36_000)]
    [InlineData(1_000_000, 36_000)]
    [InlineData(-5, 5)]
    public void RetryAfter_IsHonouredUpToTheSchedulesLongestPause(int asked, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        new CallbackSchedule(new CallbackOptions(), () => 0)
            .PauseAfter(1, s_failed with { RetryAfter = TimeSpan.FromSeconds(asked) }));

    [Fact]
    public void Overload_RestsAMinuteAtLeast() => Assert.Equal(
        TimeSpan.FromMinutes(1), new CallbackSchedule(new CallbackOptions(), () => 0).PauseAfter(1, s_failed with { IsOverload = true }));
}
