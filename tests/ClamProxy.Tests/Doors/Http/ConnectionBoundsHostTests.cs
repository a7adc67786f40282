using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Many connections from some loopback addresses to the real server, while an honest client at 127.0.0.1 wants its file.</summary>
public sealed class ConnectionBoundsHostTests
{
    [Fact]
    public async Task IdleConnectionsOfOneClient_LeaveOthersTheirs()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxConnections=20");
        world.Origin.On("/file", "file"u8.ToArray());
        var idle = new List<TcpClient>();
        for (var number = 0; number < 40; number++)
        {
            idle.Add(await Wire.ConnectAsync(world.Addresses[0], "127.0.0.2"));
        }

        await world.WaitForMetricAsync("clamproxy_http_connections_open", 10);
        var honest = await world.GetAsync("/file");

        Assert.Equal(200, honest.Status);
        Assert.Equal(30, await world.MetricAsync("clamproxy_http_refusals_total"));
        Assert.Equal(HttpStatusCode.OK, (await ReadinessAsync(world)).Status);
        idle.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task AllConnectionsAreAtWork_ReadinessSaysSoUntilOneEnds()
    {
        await using var drip = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
            await conversation.HangAsync();
        });
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxConnections=3");
        var busy = new List<TcpClient>();
        for (var number = 2; number <= 4; number++)
        {
            var client = await Wire.ConnectAsync(world.Addresses[0], $"127.0.0.{number}");
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"GET /drip HTTP/1.1\r\nHost: x\r\nDownload-From: {drip.Url}\r\n\r\n"));
            busy.Add(client);
        }

        await world.WaitForMetricAsync("clamproxy_http_requests_active", 3);
        var (status, report) = await ReadinessAsync(world);
        using var refused = await Wire.ConnectAsync(world.Addresses[0]);
        Assert.Equal("", await Wire.ReadToEndAsync(refused));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("MaxConnections", report.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            (3, 3),
            (
                report.GetProperty("connections").GetProperty("open").GetInt32(),
                report.GetProperty("connections").GetProperty("most").GetInt32()));
        busy[0].Dispose();
        await world.WaitForMetricAsync("clamproxy_http_connections_open", 2);
        Assert.Equal(HttpStatusCode.OK, (await ReadinessAsync(world)).Status);
        busy.ForEach(client => client.Dispose());
    }

    private static async Task<(HttpStatusCode Status, JsonElement Report)> ReadinessAsync(ProxyWorld world)
    {
        using var answer = await world.Management.GetAsync(new Uri("/readyz", UriKind.Relative));
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, json.RootElement.Clone());
    }
}
