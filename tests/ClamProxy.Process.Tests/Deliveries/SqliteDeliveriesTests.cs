using ClamProxy.Core.Deliveries;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Deliveries;

/// <summary>The record of one machine.</summary>
public sealed class SqliteDeliveriesTests : DeliveryStoreConformance, IDisposable
{
    private readonly TempFolder _folder = new();

    private protected override IDeliveryStore Open() =>
        OpenRecord.Of(new DeliveryOptions { Path = _folder.Path }, null, TimeProvider.System).Store;

    public void Dispose() => _folder.Dispose();
}
