using ClamProxy.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Stopping;
using ClamProxy.Tracking;

namespace ClamProxy.Problems;

/// <summary>Says why there is no file.</summary>
internal sealed class FailureReply(StopState stop, ConnectionOptions options, ILogger<FailureReply> logger)
{
    /// <summary>Logs a failure and sends it in place of what was prepared.</summary>
    /// <param name="context">The request and its answer.</param>
    /// <param name="failure">Null: nothing failed, and nothing is sent.</param>
    public Task SendAsync(HttpContext context, Failure? failure)
    {
        if (failure is null)
        {
            return Task.CompletedTask;
        }

        var facts = failure.Reason.Facts();
        var isBug = facts.Level >= LogLevel.Error;
        logger.Failed(facts.Level, facts.Tag, failure.DetailAndCause, isBug ? failure.Cause : null);
        if (failure.Cause is { } cause && !isBug)
        {
            logger.FailureTrace(cause);
        }

        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
        }

        return SendLoggedAsync(context, failure);
    }

    /// <summary>
    /// The same for a failure that the gate has logged. Where a part of the file has left already, the transfer must look broken instead.
    /// </summary>
    public Task SendLoggedAsync(HttpContext context, Failure failure)
    {
        RequestTrack.Of(context)?.Failed(failure.Reason.Facts().Tag);
        if (context.Response.HasStarted || failure.Reason == FailureReason.ClientGone)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        CloseIfStopping(context);
        return ProblemWriter.WriteAsync(context, FailureProblems.Of(failure, options.RetryAfter));
    }

    /// <summary>Sends a client with a kept connection elsewhere before this process is gone. HTTP/2 has GOAWAY for it.</summary>
    public void CloseIfStopping(HttpContext context)
    {
        if (stop.IsStopping && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
