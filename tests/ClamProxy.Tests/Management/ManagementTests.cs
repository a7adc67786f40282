using System.Net;
using System.Text.Json;
using ClamProxy.Management;

namespace ClamProxy.Tests.Management;

public sealed class ManagementTests
{
    private static readonly StoreReadiness Memory = new("memory", true);

    [Fact]
    public async Task ManagementPaths_AreUpstreamsOnTheProxyPort()
    {
        await using var host = await ManagementHost.StartAsync();
        foreach (var path in new[] { "/healthz", "/readyz", "/metrics" })
        {
            using var answer = await host.ProxyAsync(path);
            Assert.Equal("upstream", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task OtherPathsOnTheManagementPort_NeverReachTheProxy()
    {
        await using var host = await ManagementHost.StartAsync();
        foreach (var path in new[] { "/", "/anything", "/healthz/x", "/Healthz" })
        {
            using var answer = await host.AskAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Alive_IsOkWhateverTheScannersAre()
    {
        await using var host = await ManagementHost.StartAsync(() => new([], Memory));
        Assert.Equal("ok\n", await host.ReadAsync("/healthz"));
    }

    [Fact]
    public async Task OtherMethod_IsNotAllowed()
    {
        await using var host = await ManagementHost.StartAsync();
        using var answer = await host.AskAsync("/healthz", HttpMethod.Post);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Head_HasTheLengthAndNoBody()
    {
        await using var host = await ManagementHost.StartAsync();
        using var answer = await host.AskAsync("/healthz", HttpMethod.Head);
        Assert.Equal(3, answer.Content.Headers.ContentLength);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true, true, HttpStatusCode.OK)]
    [InlineData(true, false, HttpStatusCode.ServiceUnavailable)]
    [InlineData(false, true, HttpStatusCode.ServiceUnavailable)]
    [InlineData(false, false, HttpStatusCode.ServiceUnavailable)]
    public async Task Readiness_NeedsAScannerThatIsUpAndTrusted(bool isUp, bool isTrusted, HttpStatusCode status)
    {
        await using var host = await ManagementHost.StartAsync(() => new([new("tcp://a:3310", isUp, isTrusted)], Memory));
        using var answer = await host.AskAsync("/readyz");
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task NoScannerAtAll_IsNotReady()
    {
        await using var host = await ManagementHost.StartAsync(() => new([], Memory));
        using var answer = await host.AskAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task OneGoodScannerOfTwo_IsReady()
    {
        await using var host = await ManagementHost.StartAsync(
            () => new([new("unix:///a", false, false, Problem: "gone"), new("tcp://b:3310", true, true)], Memory));
        using var answer = await host.AskAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task BrokenStore_IsToldAndDoesNotMakeItUnready()
    {
        await using var host = await ManagementHost.StartAsync(
            () => ManagementHost.Ready with { Store = new("redis", false, "no answer") });
        using var answer = await host.AskAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("no answer", (await JsonAsync(host)).GetProperty("store").GetProperty("problem").GetString());
    }

    [Fact]
    public async Task Readiness_SaysHowOldTheSignaturesAre()
    {
        await using var host = await ManagementHost.StartAsync();
        var scanner = (await JsonAsync(host)).GetProperty("scanners")[0];
        Assert.Equal(3_600, scanner.GetProperty("signatureAgeSeconds").GetInt64());
        Assert.Equal("2025-12-31T23:00:00Z", scanner.GetProperty("databaseDate").GetString());
        Assert.Equal(27826, scanner.GetProperty("database").GetInt32());
        Assert.Equal("ClamAV 1.4.6", scanner.GetProperty("version").GetString());
    }

    [Fact]
    public async Task DatabaseWithoutADate_HasNoAge()
    {
        await using var host = await ManagementHost.StartAsync(() => new([new("tcp://a:3310", true, true)], Memory));
        var scanner = (await JsonAsync(host)).GetProperty("scanners")[0];
        Assert.Equal(JsonValueKind.Null, scanner.GetProperty("signatureAgeSeconds").ValueKind);
    }

    [Fact]
    public async Task Metrics_HoldOurOwnKestrelsAndTheRuntimes()
    {
        await using var host = await ManagementHost.StartAsync();
        using var answer = await host.AskAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\nclamproxy_management_ready 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE kestrel_active_connections gauge\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_thread_pool_queue_length gauge\n", text, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_memory_working_set_bytes ", text, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> JsonAsync(ManagementHost host)
    {
        using var document = JsonDocument.Parse(await host.ReadAsync("/readyz"));
        return document.RootElement.Clone();
    }
}
