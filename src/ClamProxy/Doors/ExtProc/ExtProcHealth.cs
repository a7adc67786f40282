using ClamProxy.Management;
using Grpc.Core;
using Grpc.Health.V1;

namespace ClamProxy.Doors.ExtProc;

/// <summary>gRPC's health service (grpc.health.v1), which says what <c>/readyz</c> says.</summary>
internal sealed class ExtProcHealth(Func<ReadinessReport> readiness, TimeProvider clock) : Health.HealthBase
{
    private const string Processor = "envoy.service.ext_proc.v3.ExternalProcessor";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => IsKnown(request.Service)
        ? Task.FromResult(new HealthCheckResponse { Status = Status() })
        : throw new RpcException(new Status(StatusCode.NotFound, "There is no such service."));

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var looks = new PeriodicTimer(LookEvery, clock);
        var last = HealthCheckResponse.Types.ServingStatus.Unknown;
        try
        {
            do
            {
                var now = IsKnown(request.Service) ? Status() : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
                if (now != last)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = now }, context.CancellationToken);
                    last = now;
                }
            }
            while (await looks.WaitForNextTickAsync(context.CancellationToken));
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
    }

    private static bool IsKnown(string service) => service is "" or Processor;

    private HealthCheckResponse.Types.ServingStatus Status() => readiness().IsReady
        ? HealthCheckResponse.Types.ServingStatus.Serving
        : HealthCheckResponse.Types.ServingStatus.NotServing;
}
