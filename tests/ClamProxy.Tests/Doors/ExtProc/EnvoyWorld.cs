using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using Grpc.Net.Client;

namespace ClamProxy.Tests.Doors.ExtProc;

/// <summary>The real host with ext_proc open, and an Envoy's channel to it.</summary>
internal sealed class EnvoyWorld : IAsyncDisposable
{
    public const string Url = "http://files.example/file.bin";

    private EnvoyWorld(ProxyWorld host) => (Host, Channel) = (host, ScriptedEnvoy.Channel(host.Addresses[^1]));

    public ProxyWorld Host { get; }

    public GrpcChannel Channel { get; }

    public FakeClamd Clamd => Host.Clamd;

    public static async Task<EnvoyWorld> StartAsync(params string[] settings) =>
        new(await ProxyWorld.StartAsync(["--DOORS=proxy,ext-proc", "--ClamProxy:Clamd:ScanWait=2s", .. settings]));

    public ScriptedEnvoy Open(
        BodySendMode response, BodySendMode request = BodySendMode.None, CancellationToken leaving = default) =>
        new(Channel, ScriptedEnvoy.Modes(request, response), leaving);

    /// <summary>The same, when the request's headers have passed and the response's were said.</summary>
    public async Task<ScriptedEnvoy> OpenResponseAsync(
        BodySendMode mode, CancellationToken leaving = default, params (string Name, string Value)[] fields)
    {
        var envoy = Open(mode, leaving: leaving);
        await envoy.SayRequestHeadAsync(Url);
        await envoy.HearAsync(ProcessingResponse.ResponseOneofCase.RequestHeaders);
        await envoy.SayResponseHeadAsync(fields: fields);
        if (mode != BodySendMode.FullDuplexStreamed)
        {
            await envoy.HearAsync(ProcessingResponse.ResponseOneofCase.ResponseHeaders);
        }

        return envoy;
    }

    /// <summary>Lets no scan end before its test says so.</summary>
    public (Task Scanning, Action Finish) Hold()
    {
        var scanning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        return (scanning.Task.WaitAsync(ScriptedEnvoy.Limit), () => finish.TrySetResult());
    }

    /// <summary>Waits until nothing of any stream is left: no stream, no spool, no memory that is reserved.</summary>
    public async Task LeavesNothingAsync()
    {
        await Host.WaitForMetricAsync("clamproxy_ext_proc_streams", 0);
        await Host.WaitForMetricAsync("clamproxy_ext_proc_buffered_bytes", 0);
        await Host.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await Host.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
    }

    /// <summary>That nothing was scanned, and so nothing recorded.</summary>
    public async Task NothingWasScannedAsync()
    {
        await LeavesNothingAsync();
        Assert.Empty(Clamd.Contents);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Host.DisposeAsync();
    }
}
