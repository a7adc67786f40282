using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clamd;

/// <summary>One clamd with small limits, shared by a class of tests.</summary>
public sealed class RealClamd : IAsyncLifetime
{
    public const int MaxFileSize = 1 << 20;
    public const int StreamMaxLength = 2 << 20;

    private ClamdProcess? _process;

    public string UnixEndpoint => Endpoint("unix");

    public string Endpoint(string socket) => socket is "unix" ? _process!.UnixEndpoint : _process!.TcpEndpoint;

    public async ValueTask InitializeAsync() => _process = await ClamdProcess.StartAsync(
        "AlertEncrypted yes", "MaxFileSize 1M", "MaxScanSize 1M", "StreamMaxLength 2M");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
