using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Telemetry;

/// <summary>What a collector needs is in the process where there is one, and costs no start and no memory elsewhere.</summary>
public sealed class LoadedCodeTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:9", true)]
    public async Task OpenTelemetry_IsLoadedForACollectorOnly(string? endpoint, bool isLoaded)
    {
        await using var clamd = FakeClamd.OnTcp();
        var settings = new Dictionary<string, string> { ["CLAMD_HOSTS"] = clamd.Endpoint, ["STOP_DELAY"] = "0" };
        if (endpoint is not null)
        {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
            settings["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20hunter2";
        }

        await using var proxy = await ProxyProcess.StartAsync(settings);
        var maps = await File.ReadAllTextAsync($"/proc/{proxy.Id}/maps", TestContext.Current.CancellationToken);

        Assert.Contains("clamproxy.dll", maps, StringComparison.Ordinal);
        Assert.Equal(isLoaded, maps.Contains("OpenTelemetry", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", proxy.Log, StringComparison.Ordinal);
    }
}
