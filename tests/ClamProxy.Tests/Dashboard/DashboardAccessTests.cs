using System.Security.Cryptography;
using System.Text;
using static ClamProxy.Tests.Dashboard.Dashboards;

namespace ClamProxy.Tests.Dashboard;

/// <summary>Strangers, other sites' pages, frames and names that lead here from outside.</summary>
public sealed class DashboardAccessTests
{
    private const string Password = "correct horse";

    public static TheoryData<string> Paths =>
        ["/dashboard", "/dashboard/verdicts", "/dashboard/feed", "/dashboard/dashboard.js", "/dashboard/nothing", "/dashboard/contents/x"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task WithoutTheCredentials_NothingIsShown(string path)
    {
        await using var world = await StartAsync();

        var stranger = await AskAsync(world, path);
        var wrong = await AskAsync(world, path, null, Basic("ann", "wrong"));

        Assert.Equal((401, 401), (stranger.Status, wrong.Status));
        Assert.Contains("Basic realm=", stranger["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.DoesNotContain("<", Encoding.UTF8.GetString(stranger.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RightCredentials_AreLetInByAnyName()
    {
        await using var world = await StartAsync();

        var reply = await AskAsync(world, "/dashboard", null, Basic("ann", Password), ("Host", "scans.example.org"));

        Assert.Equal(200, reply.Status);
    }

    /// <summary>Passwords are derived one at a time, and a guesser's come after everybody else's.</summary>
    [Fact]
    public async Task GuessesAtOnce_DoNotGetThroughTogether()
    {
        await using var world = await ProxyWorld.StartAsync(
            "--MANAGEMENT_CREDENTIALS=ann:pbkdf2:100000:" + new string('0', 32) + ":" + new string('1', 64),
            "--ClamProxy:Access:MaxPasswordsPerClient=1",
            "--ClamProxy:Access:MaxPasswords=1");

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            guess => AskAsync(world, "/dashboard", null, Basic("ann", $"guess-{guess}"))));

        Assert.All(replies, reply => Assert.Contains(reply.Status, new[] { 401, 503 }));
        Assert.Contains(replies, reply => reply.Status == 503);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "evil.example:8081")]
    [InlineData("X-Forwarded-For", "192.0.2.7")]
    [InlineData("X-Real-IP", "192.0.2.7")]
    [InlineData("Forwarded", "for=192.0.2.7")]
    public async Task WithoutCredentials_ThisMachineAloneIsLetIn(string field, string value)
    {
        await using var world = await ProxyWorld.StartAsync();

        Assert.Equal(200, (await AskAsync(world, "/dashboard")).Status);
        foreach (var path in new[] { "/dashboard", "/dashboard/feed", "/dashboard/dashboard.css" })
        {
            Assert.Equal(403, (await AskAsync(world, path, null, (field, value))).Status);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("scans.localhost:8081")]
    [InlineData("[::1]:8081")]
    [InlineData("scans.example.org")]
    public async Task NamesOfThisMachine_AreLetIn(string host)
    {
        await using var world = await ProxyWorld.StartAsync("--DASHBOARD_HOSTS=scans.example.org");

        Assert.Equal(200, (await AskAsync(world, "/dashboard", null, ("Host", host))).Status);
    }

    /// <summary>A person who follows a link of another page sees the dashboard; that page does not.</summary>
    [Fact]
    public async Task LinkOfAnotherPage_LeadsHere()
    {
        await using var world = await ProxyWorld.StartAsync();

        var reply = await AskAsync(world, "/dashboard", null, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"));

        Assert.Equal(200, reply.Status);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task EveryAnswer_KeepsOtherPagesOut(string path)
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Dashboard:MaxLive=0");

        var reply = await AskAsync(world, path);

        var policy = reply["Content-Security-Policy"]!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(
            ("nosniff", "DENY", "no-referrer", "no-store", "same-origin"),
            (reply["X-Content-Type-Options"], reply["X-Frame-Options"], reply["Referrer-Policy"], reply["Cache-Control"],
                reply["Cross-Origin-Resource-Policy"]));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public async Task OtherMethods_DoNothing(string method)
    {
        await using var world = await ProxyWorld.StartAsync();

        Assert.Equal(405, (await AskAsync(world, "/dashboard", new HttpMethod(method))).Status);
        Assert.Equal(403, (await AskAsync(world, "/dashboard", new HttpMethod(method), ("Origin", "http://evil.example"))).Status);
    }

    [Fact]
    public async Task Root_LeadsToTheDashboard()
    {
        await using var world = await ProxyWorld.StartAsync();

        var reply = await AskAsync(world, "/");

        Assert.Equal((302, "/dashboard"), (reply.Status, reply["Location"]));
    }

    [Theory]
    [InlineData("DASHBOARD_HOSTS=a b")]
    [InlineData("ClamProxy:Dashboard:History=1")]
    [InlineData("ClamProxy:Dashboard:MaxLive=-1")]
    public async Task WrongSetting_IsNamed(string setting)
    {
        var problem = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => ProxyWorld.StartAsync($"--{setting}"));

        Assert.Contains(setting, problem.Message, StringComparison.Ordinal);
    }

    private static Task<ProxyWorld> StartAsync() => ProxyWorld.StartAsync(
        $"--MANAGEMENT_CREDENTIALS=ann:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Password)))}");

    private static (string Name, string Value) Basic(string name, string password) =>
        ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))}");
}
