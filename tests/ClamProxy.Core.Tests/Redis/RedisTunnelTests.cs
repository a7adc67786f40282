using System.Net;
using System.Net.Sockets;
using ClamProxy.Core.Names;
using ClamProxy.Core.Redis;
using ClamProxy.TestKit;
using StackExchange.Redis;

namespace ClamProxy.Core.Tests.Redis;

/// <summary>The connections that the client library is given.</summary>
public sealed class RedisTunnelTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);
    private static readonly RedisAddress Address = RedisUrl.Parse("redis://redis.test").Address!;
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly TcpListener _server = new(IPAddress.Loopback, FreePort.Next());
    private readonly TestMeters _meters = new();
    private readonly NameResolver _names;

    public RedisTunnelTests()
    {
        _server.Start();
        _names = new NameResolver(
            new NameOptions(), _ => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback], new NameMetrics(_meters), TimeProvider.System);
    }

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose()
    {
        _names.Dispose();
        _meters.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task FirstAddressIsSilent_TheSecondHasTimeLeft()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), Port));
        silent.Listen(0);

        // Its queue is full with these: it answers no further SYN.
        using var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await one.ConnectAsync(silent.LocalEndPoint!, Cancellation);
        using var tunnel = new RedisTunnel(Address, _names, Within);

        await using var stream = await ConnectAsync(tunnel);

        Assert.NotNull(stream);
    }

    [Fact]
    public async Task Ended_ClosesWhatTheClientLeftOpenAndMakesNoMore()
    {
        using var tunnel = new RedisTunnel(Address, _names, Within);
        var left = await ConnectAsync(tunnel);
        using var accepted = await _server.AcceptSocketAsync(Cancellation);

        tunnel.Dispose();

        Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(tunnel));
        Assert.NotNull(left);
    }

    private async Task<Stream?> ConnectAsync(RedisTunnel tunnel) =>
        await tunnel.BeforeAuthenticateAsync(new DnsEndPoint("redis.test", Port), ConnectionType.Interactive, null, Cancellation);
}
