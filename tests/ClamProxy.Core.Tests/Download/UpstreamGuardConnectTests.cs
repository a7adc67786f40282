using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamGuardConnectTests
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("0.0.0.0")]
    public async Task NameThatResolvesToAForbiddenAddress_IsRefusedWithoutNamingIt(string address)
    {
        await using var upstream = new Upstream(options => options.AllowedUpstreams = []);
        upstream.Resolver.Add("innocent.example", address);

        var failure = await upstream.FetchFailureAsync("http://innocent.example/?secret");

        Assert.Equal(FailureReason.UpstreamForbidden, failure?.Reason);
        Assert.Contains("innocent.example", failure!.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(address, failure.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameThatTurnsPrivateAfterTheFirstLookUp_IsRefusedTheSecondTime()
    {
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.1/32"]);
        upstream.Resolver.Add("rebinding.test", "127.0.0.1").Add("rebinding.test", "127.0.0.2");

        Assert.Null(await upstream.FetchFailureAsync($"http://rebinding.test:{origin.Port}/"));
        var second = await upstream.FetchFailureAsync($"http://rebinding.test:{origin.Port}/");

        Assert.Equal(FailureReason.UpstreamForbidden, second?.Reason);
        Assert.Single(origin.Requests);
        Assert.Equal(2, upstream.Resolver.Asked.Count);
    }

    [Fact]
    public async Task OneLookUp_ServesCheckAndConnection()
    {
        // The second answer would be the attack: it must never be asked for while one connection is made.
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.1/32"]);
        upstream.Resolver.Add("rebinding.test", "127.0.0.1").Add("rebinding.test", "127.0.0.2");

        Assert.Null(await upstream.FetchFailureAsync($"http://rebinding.test:{origin.Port}/"));

        Assert.Single(upstream.Resolver.Asked);
    }

    [Fact]
    public async Task ForbiddenAmongAllowedAddresses_IsLeftOut()
    {
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.1/32"]);
        upstream.Resolver.Add("mixed.test", "127.0.0.2", "10.0.0.1", "127.0.0.1");

        var (body, failure) = await upstream.DownloadAsync($"http://mixed.test:{origin.Port}/");

        Assert.Null(failure);
        Assert.Equal("hello"u8.ToArray(), body);
    }

    [Fact]
    public async Task ExactHost_MayBeInternal_WildcardMayNot()
    {
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream(options => options.AllowedUpstreams = [$"mirror.test:{origin.Port}", "*.wild.test"]);
        upstream.Resolver.Add("mirror.test", "127.0.0.1").Add("a.wild.test", "127.0.0.1").Add("other.test", "127.0.0.1");

        Assert.Null(await upstream.FetchFailureAsync($"http://mirror.test:{origin.Port}/"));
        Assert.Equal(FailureReason.UpstreamForbidden, (await upstream.FetchFailureAsync($"http://a.wild.test:{origin.Port}/"))?.Reason);
        Assert.Equal(FailureReason.UpstreamForbidden, (await upstream.FetchFailureAsync($"http://other.test:{origin.Port}/"))?.Reason);
        Assert.Equal(["mirror.test", "a.wild.test"], upstream.Resolver.Asked);
    }

    [Fact]
    public async Task DeadFirstAddress_LeavesTimeForTheNext()
    {
        // 127.0.0.9 has a listener whose backlog is full: a SYN to it gets no answer, as from a dead host.
        using var deaf = DeafListener.Start("127.0.0.9", FreePort.Next());
        await using var origin = RawOrigin.Saying(Hello, deaf.Port);
        await using var upstream = new Upstream(options => options.ConnectTimeout = TimeSpan.FromSeconds(20));
        upstream.Resolver.Add("half-dead.test", "127.0.0.9", "127.0.0.1");

        var failure = await upstream.FetchFailureAsync($"http://half-dead.test:{deaf.Port}/");

        Assert.Null(failure);
    }

    [Fact]
    public async Task DeadAddress_IsATimeOut()
    {
        using var deaf = DeafListener.Start("127.0.0.9");
        await using var upstream = new Upstream(options => options.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        upstream.Resolver.Add("dead.test", "127.0.0.9");

        var failure = await upstream.FetchFailureAsync($"http://dead.test:{deaf.Port}/");

        Assert.Equal(FailureReason.UpstreamTimedOut, failure?.Reason);
    }

    [Fact]
    public async Task RefusedFirstAddress_IsPassedOver()
    {
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream();
        upstream.Resolver.Add("two.test", "127.0.0.3", "127.0.0.1");

        Assert.Null(await upstream.FetchFailureAsync($"http://two.test:{origin.Port}/"));
    }

    [Fact]
    public async Task MappedLiteral_IsTheIPv4AddressItMeans()
    {
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.1"]);

        Assert.Null(await upstream.FetchFailureAsync($"http://[::ffff:127.0.0.1]:{origin.Port}/"));
        Assert.Null(await upstream.FetchFailureAsync($"http://0x7f.1:{origin.Port}/"));
        Assert.Equal(FailureReason.UpstreamForbidden, (await upstream.FetchFailureAsync($"http://127.0.0.2:{origin.Port}/"))?.Reason);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task PooledConnection_ServesOnlyTheNameAndPortItWasCheckedFor()
    {
        // Both names lead to one server; the second may not be reached, also not through the first's open connection.
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/x", "file"u8.ToArray());
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["good.test"]);
        upstream.Resolver.Add("good.test", "127.0.0.1").Add("bad.test", "127.0.0.1");

        Assert.Null((await upstream.DownloadAsync($"http://good.test:{origin.Port}/x")).Failure);
        Assert.Null((await upstream.DownloadAsync($"http://good.test:{origin.Port}/x")).Failure);
        var failure = await upstream.FetchFailureAsync($"http://bad.test:{origin.Port}/x", ("Host", "good.test"));

        Assert.Equal(FailureReason.UpstreamForbidden, failure?.Reason);
        Assert.Equal(["good.test"], upstream.Resolver.Asked);
    }

    [Fact]
    public async Task UnknownName_IsUnreachable()
    {
        await using var upstream = new Upstream(options => options.Retries = 2);

        var failure = await upstream.FetchFailureAsync("http://nowhere.test/");

        Assert.Equal(FailureReason.UpstreamUnreachable, failure?.Reason);
        Assert.Contains("nowhere.test, could not be resolved", failure!.Detail, StringComparison.Ordinal);
        Assert.Single(upstream.Resolver.Asked);
    }

    [Fact]
    public async Task NameThatNoServerAnswersFor_IsATimeOutThatNamesItAndIsNotTriedAgain()
    {
        using var silent = new SilentResolver();
        await using var upstream = new Upstream(
            options => options.Retries = 2, resolve: silent.Resolve, names: options => options.Timeout = TimeSpan.FromMilliseconds(200));

        var failure = await upstream.FetchFailureAsync("http://silent.test/?secret");

        Assert.Equal(FailureReason.UpstreamTimedOut, failure?.Reason);
        Assert.Contains("silent.test, was not resolved in time", failure!.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Detail, StringComparison.Ordinal);
        Assert.Single(silent.Asked);
    }

    [Fact]
    public async Task SilentNamesOfOneClient_LeaveTheResolverToAnother()
    {
        using var silent = new SilentResolver();
        await using var origin = RawOrigin.Saying(Hello);
        await using var upstream = new Upstream(
            resolve: silent.Resolve, names: options => (options.Threads, options.ThreadsPerClient) = (2, 1));
        var waiting = Enumerable.Range(0, 64).Select(
            i => upstream.FetchFailureOfAsync("192.0.2.1", $"http://silent{i}.test:{origin.Port}/")).ToList();
        await silent.WasAskedAsync(upstream.Token);

        Assert.Null(await upstream.FetchFailureOfAsync("192.0.2.2", $"http://good.test:{origin.Port}/"));

        silent.GiveUp();
        Assert.All(await Task.WhenAll(waiting), failure => Assert.Equal(FailureReason.UpstreamUnreachable, failure?.Reason));
    }

    [Fact]
    public async Task MoreNamesThanAClientMayHave_AreTooMuchWork()
    {
        using var silent = new SilentResolver();
        await using var upstream = new Upstream(
            resolve: silent.Resolve, names: options => (options.Threads, options.ThreadsPerClient, options.MaxNamesPerClient) = (1, 1, 1));
        var waiting = Enumerable.Range(0, 3).Select(i => upstream.FetchFailureOfAsync("192.0.2.1", $"http://silent{i}.test/")).ToList();

        var refused = await await Task.WhenAny(waiting);

        Assert.Equal(FailureReason.Overloaded, refused?.Reason);
        silent.GiveUp();
        await Task.WhenAll(waiting);
    }
}
