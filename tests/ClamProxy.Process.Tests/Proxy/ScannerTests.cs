using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>The whole proxy on a real clamd, by each way that bytes can take to it.</summary>
public sealed class ScannerTests
{
    [Theory]
    [InlineData("tcp", true)]
    [InlineData("unix", true)]
    [InlineData("unix", false)]
    public async Task EveryFile_ComesWholeOrNotAtAll(string socket, bool passesDescriptors)
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = socket == "tcp" ? clamd.TcpEndpoint : clamd.UnixEndpoint,
            ["ClamProxy__Clamd__UseFileDescriptors"] = $"{passesDescriptors}",
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });
        library.Origin.On("/wheel", new Wheel("infected", "1.0", Eicar.Bytes).Bytes);

        foreach (var path in library.Paths)
        {
            using var response = await proxy.GetAsync(path, library.Origin.Url);
            Assert.Null(library.Wrong(path, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync()));
        }

        using var wheel = await proxy.GetAsync("/wheel", library.Origin.Url);
        Assert.Equal("Infected Eicar-Test-Signature.UNOFFICIAL", wheel.ReasonPhrase);
    }

    [Fact]
    public async Task BodyOverStreamMaxLength_IsUnscannableAndSaysWhichLineToChange()
    {
        await using var clamd = await ClamdProcess.StartAsync("StreamMaxLength 1M");
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.TcpEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });

        using var response = await proxy.GetAsync("/clean-1500000", library.Origin.Url);

        Assert.Equal("Unscannable too-large", response.ReasonPhrase);
        Assert.Contains("StreamMaxLength", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileOverMaxFileSize_IsUnscannable()
    {
        await using var clamd = await ClamdProcess.StartAsync("MaxFileSize 1M");
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });

        using var response = await proxy.GetAsync("/clean-1500000", library.Origin.Url);

        Assert.Equal("Unscannable too-large", response.ReasonPhrase);
    }

    [Fact]
    public async Task ClamdThatIsSilentAboutItsLimits_GetsNoWork()
    {
        await using var clamd = await ClamdProcess.StartAsync("AlertExceedsMax no");
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string> { ["CLAMD_HOSTS"] = clamd.UnixEndpoint, ["ALLOWED_UPSTREAMS"] = "127.0.0.1" },
            waitUntilReady: false);

        using var response = await proxy.GetAsync("/clean-1", library.Origin.Url);
        using var ready = await proxy.Management.GetAsync(new Uri("/readyz", UriKind.Relative));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Contains("AlertExceedsMax yes", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewerSignatures_MakeACleanVerdictStale()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Clamd__ProbeInterval"] = "100ms",
        });
        var worm = Convert.FromHexString("00112233445566778899aabbccddeeff");
        library.Origin.On("/worm", worm);
        using (var before = await proxy.GetAsync("/worm", library.Origin.Url, cacheScan: true))
        {
            Assert.Equal(200, (int)before.StatusCode);
        }

        await clamd.AddSignaturesAsync("new.ndb", $"New.Worm:0:*:{Convert.ToHexStringLower(worm)}\n");
        await clamd.SetDatabaseVersionAsync(27827);
        await WaitForDatabaseAsync(proxy, 27827);
        using var after = await proxy.GetAsync("/worm", library.Origin.Url, cacheScan: true);

        Assert.Equal("Infected New.Worm.UNOFFICIAL", after.ReasonPhrase);
    }

    private static async Task WaitForDatabaseAsync(ProxyProcess proxy, int version)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var mark = $"\"database\": {version}";
        while (
            !(
                await proxy.Management.GetStringAsync(
                    new Uri("/readyz", UriKind.Relative), limit.Token)).Contains(mark, StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
