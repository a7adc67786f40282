using System.Net;
using System.Net.Sockets;
using System.Text;
using ClamProxy.Connections;
using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Rewriting;

/// <summary>What rewritten links begin with, and that nothing else ever gets there.</summary>
public sealed class PublicBaseTests
{
    private const string Trust = "--TRUSTED_PROXIES=127.0.0.1/32";

    [Theory]
    [InlineData("https://packages.example.org", "https://packages.example.org")]
    [InlineData("https://packages.example.org/", "https://packages.example.org")]
    [InlineData("http://10.0.0.1:8080/clam/", "http://10.0.0.1:8080/clam")]
    public async Task PublicUrl_WinsOverWhatRequestsSay(string url, string expected)
    {
        await using var world = (await RewritingWorld.StartAsync(Trust, $"--PUBLIC_URL={url}")).On("/a", RewritingWorld.Index);

        var reply = await world.GetAsync(
            "/a", ("Host", "else.example.org"), ("X-Forwarded-Host", "else.example.org"), ("X-Forwarded-Proto", "ftp"));

        Assert.Equal(expected, BaseOf(reply));
        Assert.Equal("Accept-Encoding", reply["Vary"]);
    }

    [Theory]
    [InlineData("Host", "a.example.org:81", "http://a.example.org:81")]
    [InlineData("Host", "[::1]:81", "http://[::1]:81")]
    public async Task Host_IsTheBaseOtherwise(string field, string value, string expected)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);

        Assert.Equal(expected, BaseOf(await world.GetAsync("/a", (field, value))));
    }

    [Fact]
    public async Task StrangersForwardedFields_AreNotBelieved()
    {
        await using var world = (await RewritingWorld.StartAsync("--TRUSTED_PROXIES=10.0.0.0/8")).On("/a", RewritingWorld.Index);

        var reply = await world.GetAsync(
            "/a",
            ("X-Forwarded-Host", "evil.example.org"),
            ("X-Forwarded-Proto", "https"),
            ("Forwarded", "host=evil.example.org"),
            ("X-Forwarded-Prefix", "/evil"));

        Assert.Equal(world.Base, BaseOf(reply));
        Assert.Equal("Accept-Encoding", reply["Vary"]);
    }

    [Theory]
    [InlineData("https://p.example.org", "X-Forwarded-Host: p.example.org", "X-Forwarded-Proto: https")]
    [InlineData("http://p.example.org:444/x", "X-Forwarded-Host: p.example.org:444", "X-Forwarded-Prefix: /x/")]
    [InlineData("https://p.example.org", "X-Forwarded-Host: evil.example.org, p.example.org", "X-Forwarded-Proto: http,https")]
    [InlineData("https://p.example.org", "Forwarded: for=1.2.3.4;host=evil.example.org, for=\"[::1]\";Proto=https;host=\"p.example.org\"")]
    [InlineData("http://p.example.org", "X-Forwarded-Host: p.example.org", "Forwarded: host=evil.example.org;proto=https")]
    [InlineData("https://h.example.org", "Host: h.example.org", "X-Forwarded-Proto: https")]
    public async Task TrustedProxysFields_SayWhatItIs(string expected, params string[] fields)
    {
        await using var world = (await RewritingWorld.StartAsync(Trust)).On("/a", RewritingWorld.Index);

        var reply = await world.GetAsync("/a", [.. fields.Select(field => field.Split(": ", 2)).Select(field => (field[0], field[1]))]);

        Assert.Equal(expected, BaseOf(reply));
        Assert.Equal("Forwarded, X-Forwarded-Host, X-Forwarded-Prefix, X-Forwarded-Proto, Accept-Encoding", reply["Vary"]);
        Assert.DoesNotContain(
            world.Origin.Requests.Single().Headers.Keys,
            name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || name == "Forwarded");
    }

    [Theory]
    [InlineData("X-Forwarded-Host", "evil\"><script>alert(1)</script>")]
    [InlineData("X-Forwarded-Host", "a b")]
    [InlineData("X-Forwarded-Host", "a/b")]
    [InlineData("X-Forwarded-Host", "a&b")]
    [InlineData("X-Forwarded-Host", "user@host")]
    [InlineData("X-Forwarded-Host", "host:0")]
    [InlineData("X-Forwarded-Host", "host:65536")]
    [InlineData("X-Forwarded-Host", "host:")]
    [InlineData("X-Forwarded-Host", "host:1:2")]
    [InlineData("X-Forwarded-Host", ":81")]
    [InlineData("X-Forwarded-Host", "[::1")]
    [InlineData("X-Forwarded-Host", "[x]")]
    [InlineData("X-Forwarded-Host", "[::1%\"]")]
    [InlineData("X-Forwarded-Host", "host\r\nx: y")]
    [InlineData("X-Forwarded-Host", "host\\n")]
    [InlineData("X-Forwarded-Host", "hôst")]
    [InlineData("X-Forwarded-Proto", "javascript")]
    [InlineData("X-Forwarded-Prefix", "//x\"")]
    [InlineData("X-Forwarded-Prefix", "x")]
    [InlineData("X-Forwarded-Prefix", "/<b>")]
    [InlineData("X-Forwarded-Prefix", "/a'")]
    [InlineData("Forwarded", "host=\"a\\\"b\"")]
    [InlineData("Forwarded", "host='x';proto=https")]
    [InlineData("Forwarded", "proto=data;host=a")]
    public void WhatIsNoHost_IsRefused(string field, string value)
    {
        var clients = new ClientAddress(new ConnectionOptions { TrustedProxies = ["127.0.0.1/32"] });
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Scheme = "http";
        context.Request.Host = new("a.example.org");
        context.Request.Headers[field] = value;

        Assert.Null(new PublicBase(new HttpDoorOptions(), clients).Of(context, out var wrong));
        Assert.DoesNotContain(value.Length > 1 ? value : "\0", wrong!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoHost_IsABadRequestThatNothingIsAskedFor()
    {
        await using var world = (await RewritingWorld.StartAsync(Trust)).On("/a", RewritingWorld.Index);

        var reply = await world.GetAsync("/a", ("X-Forwarded-Host", "\"><script>"));

        Assert.Equal(400, reply.Status);
        Assert.DoesNotContain("<script>", Encoding.UTF8.GetString(reply.Body), StringComparison.Ordinal);
        Assert.Empty(world.Origin.Requests);
    }

    [Theory]
    [InlineData("evil\"><script>")]
    [InlineData("evil'x")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("$(x)")]
    public async Task HostOnTheWireThatIsNone_IsABadRequest(string host)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new UriBuilder(world.Base).Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"GET /idx/a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);

        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(
            TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", answer, StringComparison.Ordinal);
    }

    private static string BaseOf(Reply reply)
    {
        Assert.Equal(200, reply.Status);
        var text = Encoding.UTF8.GetString(reply.Body);
        var begin = text.IndexOf('"', StringComparison.Ordinal) + 1;
        return text[begin..text.IndexOf("/files/", StringComparison.Ordinal)];
    }
}
