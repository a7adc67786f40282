using System.Net.Sockets;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Worlds;

/// <summary>One clamd with its relay and a small disk for its temporary files.</summary>
internal sealed class ScannerUnderTest : IAsyncDisposable
{
    private const int LastLines = 20;
    private static readonly TimeSpan PongTime = TimeSpan.FromSeconds(3);

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

    /// <summary>Starts it again if it has ended by itself.</summary>
    public Task ReviveAsync() => Process.Process.HasExited ? Process.StartAgainAsync() : Task.CompletedTask;

    /// <summary>How it is when asked past its relay and through it, for a run that failed.</summary>
    public async Task<string> DescribeAsync()
    {
        var said = await TryPingAsync(Process.Port);
        var relayed = await TryPingAsync(Network.Port);
        return $"clamd at {Process.TcpEndpoint}, relayed at {Network.Port}: PING: {said}, {relayed} through its relay; exited "
            + $"{Process.Process.HasExited}; the last it "
            + $"printed:\n{string.Join('\n', Process.Process.Log.Split('\n').TakeLast(LastLines))}";
    }

    private static async Task<string> TryPingAsync(int port)
    {
        try
        {
            return await ClamdProcess.AskAsync(port, "PING").WaitAsync(PongTime);
        }
        catch (Exception why) when (why is IOException or SocketException or TimeoutException)
        {
            return why.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Process.DisposeAsync();
        await Disk.DisposeAsync();
    }
}
