using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Clients that hold a connection and send next to nothing.</summary>
public sealed class SlowClientTests
{
    private static readonly byte[] Large = RandomBody.Of(8 << 20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task HeadThatDrips_IsCutOff_WhileOthersAreServed()
    {
        await using var world = await ProxyWorld.StartAsync(server => server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        world.Origin.On("/file", "file"u8.ToArray());
        var slow = new List<TcpClient>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await Wire.ConnectAsync(world.Addresses[0]));
        }

        var answers = slow.Select(DripAsync).ToList();
        var reply = await world.GetAsync("/file");

        Assert.Equal("file"u8.ToArray(), reply.Body);
        Assert.All(
            await Task.WhenAll(answers).WaitAsync(Limit),
            answer => Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer));
        slow.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task ConnectionsBeyondTheBound_AreClosedAtOnce()
    {
        // The test's own clients keep a connection each to the proxy and to its management.
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxConnections=8");
        var idle = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            idle.Add(await Wire.ConnectAsync(world.Addresses[0]));
        }

        var closed = idle.Select(Wire.ReadToEndAsync).ToList();
        await Task.WhenAny(closed).WaitAsync(Limit);
        idle.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task SlowClientAboveTheLeastRate_GetsTheWholeFile()
    {
        const int PerStep = 40 << 10;
        await using var world = await LargeFileWorldAsync(leastRate: 64 << 10);
        using var client = await AskAsync(world);
        using var answer = new MemoryStream();
        var step = new byte[PerStep];
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));

        // Six times the least rate, and yet the kernel, whose buffer has to be free by a third, has the sender wait for longer than the
        // grace period.
        for (var i = 0; i < 50 && await pace.WaitForNextTickAsync(); i++)
        {
            answer.Write(step.AsSpan(0, await client.GetStream().ReadAsync(step).AsTask().WaitAsync(Limit)));
        }

        await client.GetStream().CopyToAsync(answer).WaitAsync(Limit);

        Assert.Equal(Large, answer.ToArray()[^Large.Length..]);
    }

    [Fact]
    public async Task ClientThatTakesNothing_IsCutOff()
    {
        await using var world = await LargeFileWorldAsync(leastRate: 100 << 20);
        using var client = await AskAsync(world);
        await world.WaitForMetricAsync("clamproxy_clamd_scans_total", 1);

        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);

        await Assert.ThrowsAnyAsync<IOException>(() => client.GetStream().CopyToAsync(Stream.Null).WaitAsync(Limit));
    }

    [Fact]
    public async Task DeadlinesAndBoundsForClients_AreTheOptions()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:MaxStreamsPerConnection=99");
        var limits = world.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal(TimeSpan.FromSeconds(30), limits.RequestHeadersTimeout);
        Assert.Equal(TimeSpan.FromSeconds(75), limits.KeepAliveTimeout);
        Assert.Equal((100, 32 * 1024), (limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize));
        Assert.Equal(99, limits.Http2.MaxStreamsPerConnection);
        Assert.Equal(8 * 1024, limits.MinResponseDataRate!.BytesPerSecond);
    }

    private static async Task<ProxyWorld> LargeFileWorldAsync(double leastRate)
    {
        var world = await ProxyWorld.StartAsync(server => server.Limits.MinResponseDataRate = new(leastRate, TimeSpan.FromSeconds(1.2)));
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, Large));
        return world;
    }

    private static async Task<TcpClient> AskAsync(ProxyWorld world)
    {
        var client = await Wire.ConnectAsync(world.Addresses[0]);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /file HTTP/1.1\r\nHost: x\r\nDownload-From: {world.Origin.Url}\r\nConnection: close\r\n\r\n"));
        return client;
    }

    /// <summary>A byte of a head now and then; what comes back when the proxy has had enough.</summary>
    private static async Task<string> DripAsync(TcpClient client)
    {
        using var enough = new CancellationTokenSource();
        var answer = Wire.ReadToEndAsync(client);
        try
        {
            await client.GetStream().WriteAsync("GET /file HTTP/1.1\r\nX: "u8.ToArray());
            while (!answer.IsCompleted)
            {
                await client.GetStream().WriteAsync("a"u8.ToArray());
                await Task.WhenAny(answer, Task.Delay(100, enough.Token));
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // Cut off already.
        }

        await enough.CancelAsync();
        return await answer;
    }
}
