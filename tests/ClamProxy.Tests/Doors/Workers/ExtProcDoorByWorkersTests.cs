using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.ExtProc;

namespace ClamProxy.Tests.Doors.Workers;

/// <summary>ext_proc where a second process scans: all that holds for it otherwise, and no content is left behind.</summary>
public sealed class ExtProcDoorByWorkersTests : ExtProcDoorTests, IDisposable
{
    private readonly TempFolder _data = TempFolder.ForScratch();

    protected override string[] DoorSettings => ByWorkers.Settings(_data.Path, "proxy,ext-proc");

    private protected override BodySendMode Mode => BodySendMode.FullDuplexStreamed;

    public void Dispose()
    {
        using (_data)
        {
            Assert.Empty(ByWorkers.Contents(_data.Path));
        }
    }
}
