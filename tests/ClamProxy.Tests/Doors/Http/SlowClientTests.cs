using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Clients that hold a connection and send next to nothing.</summary>
public sealed class SlowClientTests
{
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
        Assert.All(await Task.WhenAll(answers).WaitAsync(Limit), answer => Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer));
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
    public async Task DeadlinesForClients_AreKestrelsOwn()
    {
        await using var world = await ProxyWorld.StartAsync();
        var limits = world.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal(TimeSpan.FromSeconds(30), limits.RequestHeadersTimeout);
        Assert.Equal(TimeSpan.FromSeconds(130), limits.KeepAliveTimeout);
        Assert.Equal((100, 32 * 1024), (limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize));
        Assert.Equal(100, limits.Http2.MaxStreamsPerConnection);
        Assert.Equal(8 * 1024, limits.MinResponseDataRate!.BytesPerSecond);
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
