using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>The clamd behind all package clients.</summary>
public sealed class ClientClamd : IAsyncLifetime
{
    private ClamdProcess? _process;

    public string Endpoint => _process!.UnixEndpoint;

    public async ValueTask InitializeAsync() => _process = await ClamdProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
