using ClamProxy.TestKit;

namespace ClamProxy.Soak.Worlds;

/// <summary>One clamd with its relay and a small disk for its temporary files.</summary>
internal sealed class ScannerUnderTest : IAsyncDisposable
{
    private ScannerUnderTest(ClamdProcess process, SmallDisk disk)
    {
        Process = process;
        Disk = disk;
        Network = new FlakyRelay(process.Port);
    }

    public ClamdProcess Process { get; }

    public SmallDisk Disk { get; }

    public FlakyRelay Network { get; }

    public static async Task<ScannerUnderTest> StartAsync()
    {
        var disk = await SmallDisk.MountAsync();
        try
        {
            return new ScannerUnderTest(await ClamdProcess.StartAsync($"TemporaryDirectory {disk.Path}"), disk);
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Process.DisposeAsync();
        await Disk.DisposeAsync();
    }
}
