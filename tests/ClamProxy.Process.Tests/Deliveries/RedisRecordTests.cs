using System.Net;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Names;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Deliveries;

/// <summary>The record of many machines, in a Redis that is empty at first.</summary>
public abstract class RedisRecordTests(string url) : DeliveryStoreConformance, IAsyncLifetime
{
    private readonly TestMeters _meters = new();
    private NameResolver? _names;

    public async ValueTask InitializeAsync()
    {
        _names = new NameResolver(new NameOptions(), Dns.GetHostAddresses, new NameMetrics(_meters), TimeProvider.System);
        await EmptyAsync();
    }

    public ValueTask DisposeAsync()
    {
        _names?.Dispose();
        _meters.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected override IDeliveryStore Open() =>
        OpenRecord.Of(new DeliveryOptions { Url = url }, _names, TimeProvider.System).Store;

    private protected abstract Task EmptyAsync();
}
