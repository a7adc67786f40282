using ClamProxy.Access;
using ClamProxy.Configuration;
using ClamProxy.Management;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Management;

/// <summary>A host with both listeners on free ports; behind the proxy's one, every path answers <c>upstream</c>.</summary>
internal sealed class ManagementHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Uri _proxy;
    private readonly Uri _management;

    private ManagementHost(WebApplication app)
    {
        _app = app;
        Uri[] addresses = [.. app.Urls.Select(url => new UriBuilder(url) { Host = "127.0.0.1" }.Uri)];
        (_proxy, _management) = (addresses[0], addresses[1]);
    }

    public static ReadinessReport Ready { get; } = new(
        [new("tcp://127.0.0.1:3310", true, true, "ClamAV 1.4.6", 27826, new DateTimeOffset(2025, 12, 31, 23, 0, 0, TimeSpan.Zero))],
        new("memory", true));

    public IServiceProvider Services => _app.Services;

    public static async Task<ManagementHost> StartAsync(Func<ReadinessReport>? readiness = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(clock ?? FakeClock.Create());
        builder.Services.AddAccess(new()).AddManagement(_ => readiness is null ? Ready : readiness());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOn(new() { Port = 0, ManagementPort = 0 }, new()));
        var app = builder.Build();
        app.CountFromTheStart();
        app.MapManagement();
        app.Map("/{**path}", () => Results.Text("upstream"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ManagementHost(app);
    }

    public Task<HttpResponseMessage> ProxyAsync(string path) =>
        _client.GetAsync(new Uri(_proxy, path), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> AskAsync(string path, HttpMethod? method = null) =>
        _client.SendAsync(new(method ?? HttpMethod.Get, new Uri(_management, path)), TestContext.Current.CancellationToken);

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await AskAsync(path);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
