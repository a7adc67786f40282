using ClamProxy.Connections;
using ClamProxy.Core.Requests;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.Tracking;
using Grpc.Core;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Envoy's external processor: takes a stream's place, and has it handled.</summary>
internal sealed class ExtProcService(TransactionParts parts, ExtProcAccess access, RequestBounds bounds, ClientAddress clients)
    : ExternalProcessor.ExternalProcessorBase
{
    public override async Task Process(
        IAsyncStreamReader<ProcessingRequest> requestStream,
        IServerStreamWriter<ProcessingResponse> responseStream,
        ServerCallContext context)
    {
        var status = StatusCode.Unknown;
        try
        {
            await ProcessAsync(requestStream, responseStream, context);
            status = StatusCode.OK;
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
            throw;
        }
        finally
        {
            ExtProcTrace.StreamEnded(status);
        }
    }

    private async Task ProcessAsync(
        IAsyncStreamReader<ProcessingRequest> messages, IServerStreamWriter<ProcessingResponse> answers, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var track = parts.Tracker.Begin("ext-proc", null, null);
        (RequestId.Current, track.Client) = (track.Id, clients.Of(http));
        try
        {
            await RunAsync(messages, answers, context, http, track);
        }
        finally
        {
            parts.Tracker.Tell(track);
        }
    }

    private async Task RunAsync(
        IAsyncStreamReader<ProcessingRequest> messages,
        IServerStreamWriter<ProcessingResponse> answers,
        ServerCallContext context,
        HttpContext http,
        RequestTrack track)
    {
        if (!access.IsFor(http.Connection.RemoteIpAddress))
        {
            parts.Report.Stranger(track.Client);
            track.Failed("stranger");
            throw new RpcException(new Status(StatusCode.PermissionDenied, "This address may not open streams (EXT_PROC_CLIENTS)."));
        }

        using var place = bounds.Enter(http);
        if (place.Problem is { } problem)
        {
            track.Failed(problem.Kind);
            throw new RpcException(new Status(StatusCode.Unavailable, problem.Detail));
        }

        parts.Report.StreamOpened();
        try
        {
            using var transaction = new Transaction(
                parts, track, answers, clients.NetworkOf(http), clients.IsTrustedProxy(http), context.CancellationToken);
            await transaction.RunAsync(messages, context.CancellationToken);
        }
        catch (SlowEnvoyException slow)
        {
            // What it does not read would stay in memory until it does.
            parts.Report.TooSlow(slow);
            http.Abort();
            throw new RpcException(new Status(StatusCode.Aborted, slow.Message));
        }
        finally
        {
            parts.Report.StreamClosed();
        }
    }
}
