using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary>
/// What is around every endpoint of the scan API, from the outside in: (1) the request's place, (2) credentials and their rights, (3) the
/// endpoint; what it throws becomes an answer here.
/// </summary>
internal sealed class ApiDoor(RequestBounds bounds, ApiAdmission admission, FailureReply failures, ApiReply reply)
{
    public Task HandleAsync(HttpContext context, ApiRights right, Func<Task> answer) =>
        HandleAsync(context, () => admission.RefuseAsync(context, right), answer);

    /// <summary>The same for what holds no secrets.</summary>
    public Task HandlePageAsync(HttpContext context, Func<Task> answer) =>
        HandleAsync(context, () => admission.RefusePageAsync(context), answer);

    /// <summary>The same for events of stores, which have tokens of their own.</summary>
    public Task HandleEventAsync(HttpContext context, Func<Task> answer) =>
        HandleAsync(context, () => ValueTask.FromResult(admission.RefuseEvent(context)), answer);

    private async Task HandleAsync(HttpContext context, Func<ValueTask<Problem?>> refuse, Func<Task> answer)
    {
        try
        {
            failures.CloseIfStopping(context);
            using var place = bounds.Enter(context);
            var refusal = place.Problem ?? await refuse();
            await (refusal is null ? answer() : reply.RefuseAsync(context, refusal));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (JobStoreException e)
        {
            await reply.FailAsync(context, e);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await failures.SendAsync(
                context, new Failure(FailureReason.Internal, "An internal error of ClamProxy; its log has the details.", e));
        }
    }
}
