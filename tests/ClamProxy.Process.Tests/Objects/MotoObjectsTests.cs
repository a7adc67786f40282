using ClamProxy.Core.Objects;
using ClamProxy.Core.Tests.Objects.Conformance;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>A bucket in moto.</summary>
public sealed class MotoObjectsTests(MotoFixture moto) : ObjectStoreConformance, IClassFixture<MotoFixture>, IAsyncLifetime
{
    private BucketRig _bucket = null!;

    public async ValueTask InitializeAsync() => _bucket = await BucketRig.StartAsync(moto.Server);

    public async ValueTask DisposeAsync()
    {
        await _bucket.DisposeAsync();
        Dispose();
    }

    private protected override IObjectStore Open() => _bucket.Open();

    private protected override void Close()
    {
        // Its server's end is its own.
    }
}
