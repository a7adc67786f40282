using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class FlightSharesTests : IDisposable
{
    private readonly TestMeters _meters = new();

    [Fact]
    public void UpstreamWithAllItsFlights_LeavesTheOthersTheirs()
    {
        var shares = Shares(perUpstream: 2, perClient: 100);
        using var first = Take(shares, "a", "http://slow.example/1");
        var second = Take(shares, "b", "https://SLOW.example.:8443/2");

        Assert.Null(shares.TryTake("c", Of("http://slow.example/3"), out var full));
        using var other = Take(shares, "a", "http://other.example/");
        second.Dispose();
        using var third = Take(shares, "c", "http://slow.example/3");

        Assert.Equal(FailureReason.Overloaded, full?.Reason);
        Assert.Contains("slow.example", full!.Detail, StringComparison.Ordinal);
        Assert.Equal(1, _meters.Sum("clamproxy.download.shares.refused", "upstream"));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::2:3", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("somebody", "somebody", true)]
    public void ClientWithAllItsFlights_LeavesTheOthersTheirs(string one, string another, bool isOne)
    {
        var shares = Shares(perUpstream: 100, perClient: 1);
        using var first = Take(shares, one, "http://a.example/");

        using var second = shares.TryTake(another, Of("http://b.example/"), out var full);

        Assert.Equal(isOne, full is not null);
        Assert.Equal(isOne, second is null);
        Assert.Equal(isOne ? 1 : 0, _meters.Sum("clamproxy.download.shares.refused", "client"));
    }

    [Fact]
    public void RedirectedFlight_CountsWhereItWentTo()
    {
        var shares = Shares(perUpstream: 1, perClient: 100);
        using var moved = Take(shares, "a", "http://index.example/1");

        Assert.Null(moved.MoveTo(Of("http://files.example/1")));
        using var next = Take(shares, "a", "http://index.example/2");
        var full = next.MoveTo(Of("http://files.example/2"));

        Assert.Equal(FailureReason.Overloaded, full?.Reason);
        Assert.Null(shares.TryTake("a", Of("http://index.example/3"), out _));
    }

    [Fact]
    public void ClientThatBeganAFlightLeaves_ThePlaceIsThatOfWhoStays()
    {
        var shares = Shares(perUpstream: 100, perClient: 1);
        using var share = Take(shares, "a", "http://a.example/");
        var waiting = WaitingClients.Of("a");
        waiting.Add("b");
        share.Follow(waiting);

        waiting.Remove("a");

        using var next = Take(shares, "a", "http://b.example/");
        Assert.Null(shares.TryTake("b", Of("http://c.example/"), out _));
    }

    [Fact]
    public void PlacesThatAreGivenBack_LeaveNothingBehind()
    {
        var shares = Shares(perUpstream: 1, perClient: 1);
        for (var i = 0; i < 100; i++)
        {
            var share = Take(shares, "client", "http://a.example/");
            Assert.Null(shares.TryTake("client", Of("http://b.example/"), out _));
            Assert.Null(shares.TryTake("another", Of("http://a.example/"), out _));
            Assert.Null(share.MoveTo(Of("http://c.example/")));
            share.Dispose();
            share.Dispose();
        }

        Assert.Equal((0, 0), (shares.Upstreams.Keys, shares.Clients.Clients));
    }

    [Fact]
    public void Spare_IsLessThanHalfOfEach_AndAskingForItTakesNothing()
    {
        var shares = Shares(perUpstream: 4, perClient: 3);
        var target = Of("http://a.example/");

        Assert.True(shares.HaveSpare("client", target));
        Assert.Equal((0, 0), (shares.Upstreams.Keys, shares.Clients.Clients));
        using var first = Take(shares, "client", "http://a.example/");
        Assert.False(shares.HaveSpare("client", target));
        Assert.True(shares.HaveSpare("another", target));
        using var second = Take(shares, "third", "http://a.example/");
        Assert.False(shares.HaveSpare("another", target));
        Assert.True(shares.HaveSpare("another", Of("http://b.example/")));
        Assert.Equal(0, _meters.Sum("clamproxy.download.shares.refused", "upstream"));
    }

    [Fact]
    public void RedirectOfWhatNobodyWaitsFor_LeavesHalfOfWhatItsUpstreamMayHave()
    {
        var shares = Shares(perUpstream: 4, perClient: 10);
        using var first = Take(shares, "a", "http://files.example/1");
        using var second = Take(shares, "b", "http://files.example/2");
        using var ahead = shares.TryTake("c", Of("http://index.example/3"), out _, isAhead: true);
        using var waitedFor = shares.TryTake("d", Of("http://index.example/4"), out _);

        Assert.Equal(FailureReason.Overloaded, ahead!.MoveTo(Of("http://files.example/3"))?.Reason);
        Assert.Null(waitedFor!.MoveTo(Of("http://files.example/4")));
        Assert.Equal(0, _meters.Sum("clamproxy.download.shares.refused", "upstream"));
    }

    public void Dispose() => _meters.Dispose();

    private static FlightShare Take(FlightShares shares, string client, string url)
    {
        var share = shares.TryTake(client, Of(url), out var full);
        Assert.Null(full);
        return share!;
    }

    private static Core.Download.Target Of(string url) => Core.Download.Target.TryParse(url, out _)!;

    private FlightShares Shares(int perUpstream, int perClient) => new(
        new DownloadOptions { MaxFlightsPerUpstream = perUpstream, MaxFlightsPerClient = perClient }, new DownloadMetrics(_meters));
}
