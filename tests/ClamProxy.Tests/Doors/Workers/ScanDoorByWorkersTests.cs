using ClamProxy.Tests.Doors.Api;

namespace ClamProxy.Tests.Doors.Workers;

/// <summary><c>POST /scan</c> where a second process scans: all that holds for it otherwise, and no content is left behind.</summary>
public sealed class ScanDoorByWorkersTests : ScanDoorTests
{
    protected override string[] DoorSettings => ByWorkers.Settings(Data.Path, "proxy,api");

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
