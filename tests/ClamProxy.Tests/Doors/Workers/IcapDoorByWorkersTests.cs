using ClamProxy.Tests.Doors.Icap;

namespace ClamProxy.Tests.Doors.Workers;

/// <summary>ICAP where a second process scans: all that holds for it otherwise, and no content is left behind.</summary>
public sealed class IcapDoorByWorkersTests : IcapDoorConformanceTests
{
    protected override string[] DoorSettings => ByWorkers.Settings(Data.Path, "proxy,icap");

    public override void Dispose()
    {
        try
        {
            Assert.Empty(ByWorkers.Contents(Data.Path));
        }
        finally
        {
            base.Dispose();
        }
    }
}
