using System.Diagnostics;

namespace ClamProxy.Core.Failures;

/// <summary>How spans say that a step failed.</summary>
internal static class FailureSpans
{
    /// <summary>Says how a step ended; a failure is named by its tag, which is from a closed set.</summary>
    public static void Ended(this Activity? span, Failure? failure)
    {
        if (failure is { } wrong)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", wrong.Reason.Facts().Tag);
        }
    }
}
