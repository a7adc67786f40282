using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Doors.Workers;

/// <summary>The proxy's door where a second process scans: all that holds for it otherwise, and no content is left behind.</summary>
public sealed class HttpDoorByWorkersTests : HttpDoorConformanceTests, IDisposable
{
    private readonly TempFolder _data = TempFolder.ForScratch();

    protected override string[] DoorSettings => ByWorkers.Settings(_data.Path, "proxy");

    public void Dispose()
    {
        using (_data)
        {
            Assert.Empty(ByWorkers.Contents(_data.Path));
        }
    }
}
