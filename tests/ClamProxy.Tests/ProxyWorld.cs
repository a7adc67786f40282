using System.Diagnostics;
using System.Globalization;
using System.Net;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClamProxy.Tests;

/// <summary>The real host on loopback, with an upstream and a scanner that a test programs.</summary>
internal sealed class ProxyWorld : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _spool = new();
    private WebApplication _application = null!;
    private WebApplication? _workers;

    private ProxyWorld(FakeOrigin origin, FakeClamd clamd)
    {
        Origin = origin;
        Clamd = clamd;
    }

    public FakeOrigin Origin { get; }

    public FakeClamd Clamd { get; }

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Management { get; private set; } = null!;

    public IServiceProvider Services => _application.Services;

    /// <summary>The host that has the scanner: this one, or the one of the workers that it leaves scans to.</summary>
    public IServiceProvider ScanningServices => (_workers ?? _application).Services;

    public string SpoolPath => _spool.Path;

    /// <summary>Where the host listens: the proxy, its management, then what a test has added.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    public static Task<ProxyWorld> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    /// <summary>The same with settings that name the upstream, such as routes.</summary>
    public static async Task<ProxyWorld> StartAsync(Func<FakeOrigin, string[]> settings)
    {
        var world = new ProxyWorld(await FakeOrigin.StartAsync(), FakeClamd.OnTcp());
        await world.StartHostAsync(_ => { }, settings(world.Origin));
        return world;
    }

    /// <summary>The same with a server that a test changes: another port, shorter deadlines.</summary>
    public static async Task<ProxyWorld> StartAsync(Action<KestrelServerOptions> server, params string[] settings)
    {
        var world = new ProxyWorld(await FakeOrigin.StartAsync(), FakeClamd.OnTcp());
        try
        {
            await world.StartHostAsync(server, settings);
            return world;
        }
        catch
        {
            await world.DisposeOfNeighboursAsync();
            throw;
        }
    }

    /// <summary>A request for a path of the upstream.</summary>
    public HttpRequestMessage Request(
        string path, bool cacheScan = false, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Download-From", Origin.Url);
        request.Headers.TryAddWithoutValidation("Cache-Scan", cacheScan ? "True" : "False");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public async Task<Reply> GetAsync(string path, bool cacheScan = false, params (string Name, string Value)[] headers)
    {
        using var request = Request(path, cacheScan, null, headers);
        return await SendAsync(request);
    }

    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <summary>Waits until a metric, summed over its tags, has this value.</summary>
    public Task WaitForMetricAsync(string name, double value) =>
        UntilAsync($"{name} = {value}", async () => await MetricAsync(name) == value);

    /// <summary>Waits until a metric has a value, whatever it is: some are measured from time to time only.</summary>
    public Task WaitForMetricAsync(string name) => UntilAsync(
        name,
        async () => (await Management.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains(
            $"# TYPE {name} ", StringComparison.Ordinal));

    /// <summary>Waits until the scanner's signature database is known to be this one.</summary>
    public Task WaitForDatabaseAsync(int version) =>
        UntilAsync(
            $"database {version}", () => Task.FromResult(ScanningServices.GetRequiredService<ClamdPool>().NewestDatabase == version));

    public async Task<double> MetricAsync(string name)
    {
        var text = await Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return text.Split('\n')
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Management.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        await StopWorkersAsync();
        await DisposeOfNeighboursAsync();
    }

    private async Task DisposeOfNeighboursAsync()
    {
        await Origin.DisposeAsync();
        await Clamd.DisposeAsync();
        _spool.Dispose();
    }

    /// <summary>Ends the host that the scans are left to.</summary>
    public async Task StopWorkersAsync()
    {
        if (_workers is { } workers)
        {
            _workers = null;
            await workers.StopAsync();
            await workers.DisposeAsync();
        }
    }

    /// <summary>Starts a host of workers on the same folder of jobs and the same scanner.</summary>
    public async Task StartWorkersAsync(string[] settings)
    {
        var own = settings.Where(setting =>
            !setting.StartsWith("--SCAN_BY", StringComparison.Ordinal) && !setting.StartsWith("--DOORS", StringComparison.Ordinal));
        var (application, problems) = ProxyApplication.Build([.. Arguments(), .. own, "--DOORS=worker"]);
        Assert.True(application is not null, string.Join('\n', problems));
        await application.StartAsync();
        _workers = application;
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var waited = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(waited.Elapsed < Limit, $"waited {Limit} for {what}");
            await Task.Delay(10);
        }
    }

    private static HttpClient ClientOf(string address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        BaseAddress = new UriBuilder(address).Uri,
        Timeout = Limit,
    };

    private async Task StartHostAsync(Action<KestrelServerOptions> server, string[] settings)
    {
        var (application, problems) = ProxyApplication.Build([.. Arguments(), .. settings]);
        Assert.True(application is not null, string.Join('\n', problems));
        _application = application;
        server(Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value);
        await _application.StartAsync();
        Addresses = [.. Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Client = ClientOf(Addresses[0]);
        Management = ClientOf(Addresses[1]);
        if (settings.Contains("--SCAN_BY=workers"))
        {
            await StartWorkersAsync(settings);
        }

        await ScanningServices.GetRequiredService<ClamdPool>().WaitForFirstProbeAsync(CancellationToken.None).WaitAsync(Limit);
    }

    private string[] Arguments() =>
    [
        "--PORT=0", "--MANAGEMENT_PORT=0", "--API_PORT=0", "--ICAP_PORT=0", "--EXT_PROC_PORT=0",
        "--ClamProxy:Listen:Address=127.0.0.1", "--ClamProxy:Listen:ManagementAddress=127.0.0.1",
        $"--CLAMD_HOSTS={Clamd.Endpoint}", "--ALLOWED_UPSTREAMS=127.0.0.1", $"--SPOOL_PATH={SpoolPath}", "--LOG_LEVEL=None",
        "--STOP_DELAY=0", "--STOP_WITHIN=2s",
        "--ClamProxy:Clamd:ProbeInterval=100ms",
    ];
}
