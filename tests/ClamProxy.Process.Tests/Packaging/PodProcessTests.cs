using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;
using k8s.Models;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>
/// The containers of a chart's pods as processes with their environment, user, memory, volumes and read-only root, beside a clamd with the
/// chart's settings. What a cluster adds (scheduling, its network, its volumes) is not shown.
/// </summary>
public sealed class PodProcessTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const string Token = "a-token-of-the-secret";
    private const string Claim = "data";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DoorsAndWorkersOfTheScanApi_ScanWithinTheirLimitsAndStopInTime()
    {
        var pods = await ChartPods.OfAsync("scan-api.yaml");
        using var data = new TempFolder();
        await using var clamd = await ClamdProcess.StartAsync(await ClamdConfAsync());
        var claims = new Dictionary<string, string> { [Claim] = PodProcess.Writable(data.File(Claim)) };
        var apiPort = FreePort.Next();
        var given = Given(clamd, apiPort);
        await using var doors = await PodProcess.StartAsync(ContainerOf(pods, "doors"), given, claims);
        await using var workers = await PodProcess.StartAsync(ContainerOf(pods, "workers"), given, claims);
        using var api = new HttpClient { BaseAddress = new UriBuilder("http", "127.0.0.1", apiPort).Uri };
        api.Timeout = TimeSpan.FromSeconds(90);
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        Assert.Equal("CLEAN", await ScanAsync(api, RandomNumberGenerator.GetBytes(20 << 20)));
        Assert.Equal("INFECTED", await ScanAsync(api, Eicar.Bytes));
        await AssertProbesAnswerAsync(pods, doors, workers);
        AssertHasNoRights(doors.Process.Id);

        await StopAsync(pods, "workers", workers);
        await StopAsync(pods, "doors", doors);
        Assert.Equal((0, 0), (doors.Kills, workers.Kills));
    }

    /// <summary>What the Secret has, and where the neighbours are on this machine.</summary>
    private Dictionary<string, string> Given(ClamdProcess clamd, int apiPort) => new()
    {
        ["QUEUE_URL"] = redis.Servers.Url,
        ["REDIS_URL"] = redis.Servers.Url,
        ["VERDICT_KEY"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        ["API_CREDENTIALS"] = $"ci:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}",
        ["CLAMD_HOSTS"] = clamd.TcpEndpoint,
        ["API_PORT"] = apiPort.ToString(CultureInfo.InvariantCulture),
    };

    private static V1Container ContainerOf(IEnumerable<(string Component, V1PodSpec Pod)> pods, string component) =>
        pods.Single(pod => pod.Component == component).Pod.Containers.Single(container => container.Name == "clamproxy");

    /// <summary>The lines of the chart's clamd.conf but those of addresses, files and users, which are this machine's.</summary>
    private static async Task<string[]> ClamdConfAsync()
    {
        var (objects, _) = await KubernetesTools.CheckAsync(await ChartPods.RenderAsync("scan-api.yaml"));
        var conf = objects.Single(one => one.TryGetProperty("data", out var files) && files.TryGetProperty("clamd.conf", out _));
        return [.. conf.GetProperty("data").GetProperty("clamd.conf").GetString()!.Split('\n').Where(
            line => line.Split(' ')[0] is not ("" or "TCPSocket" or "TCPAddr" or "User") && !line.Contains('/', StringComparison.Ordinal))];
    }

    private static async Task<string> ScanAsync(HttpClient api, byte[] bytes)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "file.bin" } };
        using var accepted = await api.PostAsync(new Uri("/upload", UriKind.Relative), form, Cancelled);
        Assert.Equal(202, (int)accepted.StatusCode);
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString();
        using var answer = await api.GetAsync(new Uri($"/result/{id}?wait=60s", UriKind.Relative), Cancelled);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("status").GetString()!;
    }

    private static async Task AssertProbesAnswerAsync(
        IReadOnlyList<(string Component, V1PodSpec Pod)> pods, PodProcess doors, PodProcess workers)
    {
        foreach (var (component, pod) in new[] { ("doors", doors), ("workers", workers) })
        {
            var container = ContainerOf(pods, component);
            foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
            {
                Assert.Equal("management", probe.HttpGet.Port.Value);
                Assert.True(await pod.Process.AnswersAsync(probe.HttpGet.Path), $"{component} {probe.HttpGet.Path}");
            }
        }
    }

    private static void AssertHasNoRights(int process)
    {
        var status = File.ReadAllText($"/proc/{process}/status");
        Assert.Contains("Uid:\t1654\t", status, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000\n", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1\n", status, StringComparison.Ordinal);
        var root = File.ReadLines($"/proc/{process}/mounts").Select(line => line.Split(' ')).Last(mount => mount[1] == "/");
        Assert.Contains("ro", root[3].Split(','));
    }

    private static async Task StopAsync(IEnumerable<(string Component, V1PodSpec Pod)> pods, string component, PodProcess pod)
    {
        var grace = pods.Single(one => one.Component == component).Pod.TerminationGracePeriodSeconds!.Value;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(grace));
        pod.Process.Terminate();
        await pod.Process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, pod.Process.ExitCode);
    }
}
