using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Spool room and scanners' turns, between a greedy client at 127.0.0.2 and an honest one at 127.0.0.1.</summary>
public sealed class ClientSharesTests
{
    private const string Greedy = "127.0.0.2";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly byte[] Large = RandomBody.Of(16 << 20);

    [Fact]
    public async Task SlowReadersOfOneClient_LeaveSpoolRoomForAnother()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Spool:DiskTotal=80M");
        var slow = new List<TcpClient>();
        for (var number = 0; number < 10; number++)
        {
            world.Origin.On($"/{number}", context => FakeOrigin.SendAsync(context, Large));
        }

        for (var number = 0; number < 2; number++)
        {
            slow.Add(await AskAsync(world, $"/{number}", ""));
            await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", (number + 1) * Large.Length);
        }

        for (var number = 2; number < 9; number++)
        {
            using var another = await AskAsync(world, $"/{number}", "Connection: close\r\n");
            Assert.StartsWith("HTTP/1.1 503 No spool space\r\n", await Wire.ReadToEndAsync(another), StringComparison.Ordinal);
        }

        var honest = await world.GetAsync("/9");

        Assert.Equal(Large.Length, honest.Body.Length);
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 2 * Large.Length);
        slow.ForEach(client => client.Dispose());
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
    }

    [Fact]
    public async Task SlowReaderOfAFileThatTheStoreKeeps_TakesNoSpoolRoom()
    {
        using var store = new TempFolder();
        await using var world = await ProxyWorld.StartAsync("--SPOOL_PATH=", $"--STORE_PATH={store.Path}");
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, Large));
        using var slow = await AskAsync(world, "/file", "Cache-Scan: True\r\nConnection: close\r\n");
        await world.WaitForMetricAsync("clamproxy_clamd_scans_total", 1);

        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);

        Assert.Equal(1, await world.MetricAsync("clamproxy_http_requests_active"));
        using var answer = new MemoryStream();
        await slow.GetStream().CopyToAsync(answer).WaitAsync(Limit);
        Assert.Equal(Large, answer.ToArray()[^Large.Length..]);
    }

    [Fact]
    public async Task JoinedFlightOfAClientWithALongRow_IsScannedInTheTurnOfTheOneThatJoined()
    {
        const int Row = 20;
        var ends = new SemaphoreSlim(0);
        await using var world = await ProxyWorld.StartAsync(
            "--ClamProxy:Clamd:MaxScansPerHost=1", "--ClamProxy:Clamd:MaxLargeScansPerHost=1");
        world.Clamd.OnContent = async (connection, _) =>
        {
            await ends.WaitAsync();
            await connection.ReplyAsync("stream: OK\0");
        };
        var row = new List<TcpClient>();
        for (var number = 0; number < Row; number++)
        {
            world.Origin.On($"/{number}", Encoding.ASCII.GetBytes($"file {number}"));
            row.Add(await AskAsync(world, $"/{number}", ""));
            await world.WaitForMetricAsync("clamproxy_clamd_scans_waiting", number);
        }

        var honest = world.GetAsync($"/{Row - 1}");
        await world.WaitForMetricAsync("clamproxy_gate_waiters", Row + 1);
        ends.Release(3);
        var isServed = await Task.WhenAny(honest, Task.Delay(TimeSpan.FromSeconds(30))) == honest;
        ends.Release(Row);

        Assert.True(isServed);
        Assert.Equal($"file {Row - 1}", Encoding.ASCII.GetString((await honest).Body));
        row.ForEach(client => client.Dispose());
    }

    private static async Task<TcpClient> AskAsync(ProxyWorld world, string path, string fields)
    {
        var client = await Wire.ConnectAsync(world.Addresses[0], Greedy);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nDownload-From: {world.Origin.Url}\r\n{fields}\r\n"));
        return client;
    }
}
