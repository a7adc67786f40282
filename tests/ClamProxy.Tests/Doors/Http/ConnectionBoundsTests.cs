using System.Net;
using ClamProxy.Connections;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Which connections are taken and which are closed for them, by a clock that the test moves on.</summary>
public sealed class ConnectionBoundsTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly List<TaskCompletionSource> _ends = [];

    [Fact]
    public async Task ClientWithItsShare_LosesItsOwnLongestIdleConnection()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnectionsPerClient = 2 });
        var first = Open(bounds, "192.0.2.1");
        _clock.Advance(TimeSpan.FromSeconds(10));
        var second = Open(bounds, "192.0.2.1");
        var others = Open(bounds, "192.0.2.2");
        _clock.Advance(TimeSpan.FromSeconds(10));

        var third = Open(bounds, "192.0.2.1");

        Assert.True(IsClosed(first));
        await Task.Delay(
            Timeout.Infinite, first.ConnectionClosed).WaitAsync(TimeSpan.FromSeconds(20)).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(first.ConnectionClosed.IsCancellationRequested);
        Assert.False(IsClosed(second) || IsClosed(others) || IsClosed(third));
        Assert.Equal(3, bounds.Open);
        Assert.Equal(1, _meters.Sum("clamproxy.http.connections.closed"));
    }

    [Fact]
    public void ClientWithItsShareAndNoIdleConnection_IsClosedAtOnce()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnectionsPerClient = 2 });
        var busy = Open(bounds, "192.0.2.1");
        busy.Features.Get<ClientConnection>()!.RequestBegins();
        _clock.Advance(TimeSpan.FromSeconds(10));
        Open(bounds, "192.0.2.1");

        var third = Open(bounds, "192.0.2.1");

        Assert.Null(third.Features.Get<ClientConnection>());
        Assert.False(IsClosed(busy));
        Assert.Equal(1, _meters.Sum("clamproxy.http.refusals", "connection", "client"));
    }

    [Fact]
    public void AllAreInUse_TheClientWithTheMostLosesItsLongestIdleOne()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnections = 8 });
        var most = Enumerable.Range(0, 4).Select(_ => Open(bounds, "192.0.2.1")).ToList();
        var others = Enumerable.Range(10, 4).Select(number => Open(bounds, $"192.0.2.{number}")).ToList();
        _clock.Advance(TimeSpan.FromSeconds(10));
        most[0].Features.Get<ClientConnection>()!.RequestBegins();

        var comer = Open(bounds, "192.0.2.99");

        Assert.NotNull(comer.Features.Get<ClientConnection>());
        Assert.DoesNotContain(others, IsClosed);
        Assert.Single(most, IsClosed);
        Assert.False(IsClosed(most[0]));
        Assert.False(bounds.Readiness.AreExhausted);
    }

    [Fact]
    public void AllAreInUse_AClientWithManyTakesNoPlaceOfAClientWithFewer()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnections = 4 });
        var greedy = Enumerable.Range(0, 2).Select(_ => Open(bounds, "192.0.2.1")).ToList();
        var others = Enumerable.Range(10, 2).Select(number => Open(bounds, $"192.0.2.{number}")).ToList();
        greedy.ForEach(connection => connection.Features.Get<ClientConnection>()!.RequestBegins());
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(Open(bounds, "192.0.2.1").Features.Get<ClientConnection>());
        Assert.DoesNotContain(others, IsClosed);
        Assert.NotNull(Open(bounds, "192.0.2.99").Features.Get<ClientConnection>());
        Assert.Single(others, IsClosed);
    }

    [Fact]
    public void AllAreAtWork_NewOnesAreClosedAndReadinessSaysSo()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnections = 3 });
        for (var number = 1; number <= 3; number++)
        {
            Open(bounds, $"192.0.2.{number}").Features.Get<ClientConnection>()!.RequestBegins();
        }

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(Open(bounds, "192.0.2.4").Features.Get<ClientConnection>());
        Assert.True(bounds.Readiness.AreExhausted);
        _ends[0].SetResult();
        Assert.False(bounds.Readiness.AreExhausted);
        Assert.NotNull(Open(bounds, "192.0.2.4").Features.Get<ClientConnection>());
    }

    [Fact]
    public void TrustedProxy_HasNoShareToKeepTo()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnections = 10, MaxConnectionsPerClient = 2, TrustedProxies = ["192.0.2.0/24"] });

        var all = Enumerable.Range(0, 10).Select(_ => Open(bounds, "192.0.2.1")).ToList();

        Assert.All(all, connection => Assert.NotNull(connection.Features.Get<ClientConnection>()));
        Assert.Equal(10, bounds.Open);
    }

    [Fact]
    public void Http2Connection_CountsAsSeveral()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnectionsPerClient = 24 });
        var connections = Enumerable.Range(0, 3).Select(_ => Open(bounds, "192.0.2.1").Features.Get<ClientConnection>()!).ToList();

        Assert.True(bounds.TakesHttp2(connections[0]));
        Assert.True(bounds.TakesHttp2(connections[0]));
        Assert.Equal(2 + ConnectionBounds.Http2Weight, bounds.Open);
        Assert.False(bounds.TakesHttp2(connections[1]));

        _ends[0].SetResult();
        Assert.Equal(1, bounds.Open);
        Assert.True(bounds.TakesHttp2(connections[2]));
    }

    [Fact]
    public void ConnectionsThatEnd_GiveTheirPlacesBackOnce()
    {
        var bounds = Bounds(new ConnectionOptions { MaxConnectionsPerClient = 1 });
        Open(bounds, "192.0.2.1");
        _clock.Advance(TimeSpan.FromSeconds(10));
        Open(bounds, "192.0.2.1");
        _ends.ForEach(end => end.SetResult());

        Assert.Equal(0, bounds.Open);
    }

    public void Dispose() => _meters.Dispose();

    private static bool IsClosed(DefaultConnectionContext connection) =>
        connection.Features.Get<ClientConnection>() is not { IsClosing: false };

    private DefaultConnectionContext Open(ConnectionBounds bounds, string client)
    {
        var connection = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(client), 1) };
        var end = new TaskCompletionSource();
        _ends.Add(end);
        _ = bounds.RunAsync(connection, _ => end.Task);
        return connection;
    }

    private ConnectionBounds Bounds(ConnectionOptions options) =>
        new(new ClientAddress(options), options, new ConnectionMetrics(_meters), _clock);
}
