using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Hostile;

/// <summary>One clamd with the shipped clamd.conf for all hostile cases.</summary>
public sealed class HostileClamd : IAsyncLifetime
{
    public ClamdProcess Clamd { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Clamd = await ShippedClamd.StartAsync();

    public ValueTask DisposeAsync() => Clamd.DisposeAsync();
}
