using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

/// <summary>Redirects to what must not be reached, in every spelling that anybody reads as that place.</summary>
public sealed class RedirectAttackTests
{
    [Theory]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://10.0.0.1./")]
    [InlineData("http://10.0.0.1../")]
    [InlineData("http://10.1/")]
    [InlineData("http://012.1/")]
    [InlineData("http://0xa.0.0.1/")]
    [InlineData("http://0x0a000001/")]
    [InlineData("http://0X0A000001/")]
    [InlineData("http://167772161/")]
    [InlineData("http://01200000001/")]
    [InlineData("http://00000000000000000012.1/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://[0:0:0:0:0:ffff:169.254.169.254]/")]
    [InlineData("http://[::ffff:0:169.254.169.254]/")]
    [InlineData("http://[::169.254.169.254]/")]
    [InlineData("http://[64:ff9b::169.254.169.254]/")]
    [InlineData("http://[64:ff9b:1::a9fe:a9fe]/")]
    [InlineData("http://[2002:a9fe:a9fe::]/")]
    [InlineData("http://[2002:7f00:1::1]/")]
    [InlineData("http://[2001:0:a9fe:a9fe::f7f7:f7f7]/")]
    [InlineData("http://[2001:0:808:808::5601:5601]/")]
    [InlineData("http://[2606:4700::5efe:a9fe:a9fe]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://[fe80::1%eth0]/")]
    [InlineData("http://[fe80::1%1]/")]
    [InlineData("http://[::1%lo]/")]
    [InlineData("http://[::1]./")]
    [InlineData("http://[::]/")]
    [InlineData("http://[v1.x]/")]
    [InlineData("http://::1/")]
    [InlineData("http://\u00ef\u00bc\u0091\u00ef\u00bc\u0092\u00ef\u00bc\u0097.0.0.1/")]
    [InlineData("http://127\u00e3\u0080\u00820\u00e3\u0080\u00820\u00e3\u0080\u00821/")]
    [InlineData("http://\u00e2\u0091\u00a0\u00e2\u0091\u00a1\u00e2\u0091\u00a6.0.0.1/")]
    [InlineData("http://%31%32%37.0.0.1/")]
    [InlineData("http://127%2e0.0.1/")]
    [InlineData("http://files.example@10.0.0.1/")]
    [InlineData("http://files.example:80@10.0.0.1/")]
    [InlineData("http://files.example\\@10.0.0.1/")]
    [InlineData("http:\\\\10.0.0.1/")]
    [InlineData("http:/\\10.0.0.1/")]
    [InlineData("http:10.0.0.1/")]
    [InlineData("http:///10.0.0.1/")]
    [InlineData("\\\\10.0.0.1/")]
    [InlineData("http://files.example#@10.0.0.1/")]
    [InlineData("http://10.0.0.1#.files.example/")]
    [InlineData("http://10.0.0.1?.files.example/")]
    [InlineData("//10.0.0.1/")]
    [InlineData("///10.0.0.1/")]
    [InlineData("http://files.example\t.evil/")]
    [InlineData("http://files.example%0d%0aHost:%20evil/")]
    [InlineData("http://files.example/\r\nHost: evil")]
    [InlineData("http://files.example/\nHost: evil")]
    [InlineData("http://files.example/\0")]
    [InlineData("http://files.example:0/")]
    [InlineData("http://files.example:00/")]
    [InlineData("http://files.example:25/")]
    [InlineData("http://files.example:022/")]
    [InlineData("http://files.example:65616/")]
    [InlineData("http://files.example:-80/")]
    [InlineData("http://files.example:+80/")]
    [InlineData("http://files.example:80:25/")]
    [InlineData("http://files.example:8 0/")]
    [InlineData("javascript://files.example/")]
    [InlineData("jar:http://files.example!/")]
    [InlineData("dict://10.0.0.1:11211/")]
    [InlineData("ldap://10.0.0.1/")]
    [InlineData("http+unix://10.0.0.1/")]
    public async Task RedirectInto_IsRefusedWithoutALookUp(string location)
    {
        await using var upstream = new Upstream(options => options.AllowedUpstreams = []);
        var from = Core.Download.Target.TryParse("http://files.example/a", out _)!;

        var next = from.TryRedirect(location, out _);

        // Nobody can follow it, or it leads back to where it came from (a path or fragment that only looks like a host), or the guard stops
        // it.
        if (next is not null && !next.HasSameOrigin(from))
        {
            Assert.Equal(FailureReason.UpstreamForbidden, upstream.Guard.CheckName(next.Uri)?.Reason);
        }

        Assert.Empty(upstream.Resolver.Asked);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2001:0:a00:1::1")]
    [InlineData("2606:4700::5efe:a00:1")]
    [InlineData("fe80::1%1")]
    [InlineData("fd00::1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    public async Task RedirectToANameOfAPrivateAddress_IsRefusedAtTheConnection(string address)
    {
        // Wildcards grant public addresses only: the first hop is there by its CIDR.
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.1/32", "*.test"]);
        await using var origin = await FakeOrigin.StartAsync();
        upstream.Resolver.Add("inside.test", address);
        origin.Redirect("/a", $"http://inside.test:{origin.Port}/b").On("/b", "secret"u8.ToArray());

        var failure = await upstream.FetchFailureAsync(origin.Url + "/a");

        Assert.Equal(FailureReason.UpstreamForbidden, failure?.Reason);
        Assert.DoesNotContain(address, failure!.Detail, StringComparison.Ordinal);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task NameThatRebindsBetweenRedirects_IsCheckedAtEachConnection()
    {
        // Each hop closes its connection, so each hop is looked up: the second answer is the attack.
        await using var upstream = new Upstream(options => options.AllowedUpstreams = ["127.0.0.1/32", "*.test"]);
        await using var origin = new RawOrigin(conversation => conversation.SayAsync(
            "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        upstream.Resolver.Add("rebinding.test", "127.0.0.1").Add("rebinding.test", "10.0.0.1");

        var failure = await upstream.FetchFailureAsync($"http://rebinding.test:{origin.Port}/a");

        Assert.Equal(FailureReason.UpstreamForbidden, failure?.Reason);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task NameThatRebindsBetweenRetries_IsCheckedAtEachConnection()
    {
        await using var upstream = new Upstream(options => (options.AllowedUpstreams, options.Retries) = (["127.0.0.1/32", "*.test"], 2));
        await using var origin = new RawOrigin(conversation =>
        {
            conversation.Reset();
            return Task.CompletedTask;
        });
        upstream.Resolver.Add("rebinding.test", "127.0.0.1").Add("rebinding.test", "169.254.169.254");

        var failure = await upstream.FetchFailureAsync($"http://rebinding.test:{origin.Port}/a");

        Assert.Equal(FailureReason.UpstreamForbidden, failure?.Reason);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task HostOfTheRequest_IsAlwaysTheTargets()
    {
        await using var upstream = new Upstream();
        await using var home = await FakeOrigin.StartAsync();
        await using var away = await FakeOrigin.StartAsync();
        home.Redirect("/a", away.Url + "/b");
        away.On("/b", "file"u8.ToArray());

        await upstream.FetchFailureAsync(home.Url + "/a", ("Host", "evil.example"), ("host", "evil.example"), ("HOST", "evil.example"));

        Assert.Equal($"127.0.0.1:{home.Port}", home.Requests.Single().Headers["Host"]);
        Assert.Equal($"127.0.0.1:{away.Port}", away.Requests.Single().Headers["Host"]);
    }
}
