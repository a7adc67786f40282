using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>When a callback is sent again that failed.</summary>
/// <param name="options">The pauses.</param>
/// <param name="random">Numbers from 0 to 1, for the jitter.</param>
internal sealed class CallbackSchedule(CallbackOptions options, Func<double> random)
{
    /// <summary>A receiver with too much to do is left alone for so long at least.</summary>
    private static readonly TimeSpan s_overload = TimeSpan.FromMinutes(1);

    /// <param name="attempts">How often it was sent.</param>
    /// <returns>Null: it is given up.</returns>
    public TimeSpan? PauseAfter(int attempts, WebhookReply.Failed reply)
    {
        if (attempts > options.Pauses.Count)
        {
            return null;
        }

        var pause = Longer(options.Pauses[attempts - 1], reply.IsOverload ? s_overload : TimeSpan.Zero);

        // A receiver cannot hold a callback back for longer than the schedule would.
        var asked = reply.RetryAfter ?? TimeSpan.Zero;
        var longest = Longer(options.Pauses.Max(), s_overload);
        return Longer(pause, asked < longest ? asked : longest) * (1 + (options.Jitter * random()));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
