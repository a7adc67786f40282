using System.Net;
using ClamProxy.Connections;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Whose turn it is at the scanners.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("10.1.2.3", "203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:10.1.2.3", "2001:db8::1", "2001:db8::1")]
    [InlineData("10.1.2.3", "not an address", "10.1.2.3")]
    [InlineData("10.1.2.3", null, "10.1.2.3")]
    [InlineData("10.2.2.3", "203.0.113.7", "10.2.2.3")]
    public void TrustedProxy_NamesTheClient(string peer, string? named, string client)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Headers["X-Real-IP"] = named;

        Assert.Equal(client, new ClientAddress(new ConnectionOptions { TrustedProxies = ["10.1.0.0/16"] }).Of(context));
    }

    [Theory]
    [InlineData("10.1.2.3", "203.0.113.7")]
    [InlineData("::ffff:10.1.2.3", "203.0.113.7")]
    [InlineData("10.1.2.4", "10.1.2.4")]
    public void AddressWithoutANetmask_IsTrustedAlone(string peer, string client)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Headers["X-Real-IP"] = "203.0.113.7";

        Assert.Equal(client, new ClientAddress(new ConnectionOptions { TrustedProxies = ["10.1.2.3"] }).Of(context));
    }

    [Fact]
    public void NobodyTrusted_PeerIsTheClient()
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Headers["X-Real-IP"] = "203.0.113.7";

        Assert.Equal("127.0.0.1", new ClientAddress(new ConnectionOptions()).Of(context));
    }

    [Fact]
    public void WrongNetwork_StopsTheStart()
    {
        var (application, problems) = ProxyApplication.Build(["--TRUSTED_PROXIES=10.1.0.0/33"]);

        Assert.Null(application);
        Assert.StartsWith("TRUSTED_PROXIES=10.1.0.0/33: takes CIDRs", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientsAddress_DoesNotGoUpstream()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3, 4, 5, 6]);

        await world.GetAsync("/file", false, ("X-Real-IP", "203.0.113.7"));

        Assert.DoesNotContain("X-Real-IP", Assert.Single(world.Origin.Requests).Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task OneClientsRowOfScans_DoesNotHoldUpAnothersOne()
    {
        await using var world = await ProxyWorld.StartAsync(
            "--TRUSTED_PROXIES=127.0.0.1/32", "--ClamProxy:Clamd:MaxScansPerHost=1", "--ClamProxy:Clamd:MaxLargeScansPerHost=1");
        var order = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var release = new TaskCompletionSource();
        foreach (var name in new[] { "a1", "a2", "a3", "a4", "b1" })
        {
            world.Origin.On($"/{name}", System.Text.Encoding.ASCII.GetBytes(name.PadRight(100)));
        }

        world.Clamd.OnContent = async (connection, content) =>
        {
            order.Enqueue(System.Text.Encoding.ASCII.GetString(content).Trim());
            await release.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var replies = new List<Task<Reply>>();
        foreach (var name in new[] { "a1", "a2", "a3", "a4" })
        {
            replies.Add(world.GetAsync($"/{name}", false, ("X-Real-IP", "203.0.113.1")));
            await world.WaitForMetricAsync("clamproxy_clamd_scans_waiting", replies.Count - 1);
        }

        replies.Add(world.GetAsync("/b1", false, ("X-Real-IP", "203.0.113.2")));
        await world.WaitForMetricAsync("clamproxy_clamd_scans_waiting", 4);
        release.SetResult();
        await Task.WhenAll(replies);

        Assert.InRange(order.ToList().IndexOf("b1"), 1, 2);
    }
}
