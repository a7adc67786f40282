using System.Globalization;
using System.Text;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>Uploads go to the disk as they come: never as a whole in memory, never twice on the disk.</summary>
[Collection(Alone.Name)]
public sealed class UploadRoomTests
{
    private const int Size = 48 << 20;
    private const int Piece = 1 << 20;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/upload")]
    [InlineData("/scan")]
    public async Task LargeFile_IsOnTheDiskOnceWhileItComes(string path)
    {
        await using var world = await ApiWorld.StartAsync("--ClamProxy:Spool:MemoryTotal=1M");
        using var client = await ApiWire.ConnectAsync(world);
        var stream = client.GetStream();
        var answer = Wire.ReadToEndAsync(client);
        var (start, end) = path == "/upload" ? (ApiWire.FilePart, "\r\n--b--\r\n") : ("", "");
        var head = path == "/upload" ? ApiWire.FormHead : $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        var length = (start.Length + Size + end.Length).ToString(CultureInfo.InvariantCulture);
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{head}Content-Length: {length}\r\n\r\n{start}"), Cancelled);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var piece = RandomBody.Of(Piece);
        for (var sent = 0; sent < Size - Piece; sent += Piece)
        {
            await stream.WriteAsync(piece, Cancelled);
        }

        // All but the last piece was sent: it is in the spool's files, and neither in memory nor in the folder of files.
        await WaitAsync(() => world.Host.MetricAsync("clamproxy_spool_disk_usage_bytes"), Size - (4 * Piece));
        Assert.InRange(await world.Host.MetricAsync("clamproxy_spool_memory_usage_bytes"), 0, Piece);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20);
        Assert.Empty(Directory.Exists(world.Objects) ? Directory.GetFileSystemEntries(world.Objects) : []);
        await stream.WriteAsync(piece, Cancelled);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(end), Cancelled);
        var (status, job, _) = ApiWire.Read(await answer);

        Assert.Equal(path == "/upload" ? 202 : 200, status);
        await world.Host.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        if (path == "/upload")
        {
            await world.GetAsync($"/result/{job.GetProperty("id").GetString()}?wait=30s");
            var file = Assert.Single(Directory.GetFiles(world.Objects, "*", SearchOption.AllDirectories));
            Assert.Equal(Size, new FileInfo(file).Length);
        }
    }

    private static async Task WaitAsync(Func<Task<double>> value, double least)
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await value() < least)
        {
            await Task.Delay(10, tooLong.Token);
        }
    }
}
