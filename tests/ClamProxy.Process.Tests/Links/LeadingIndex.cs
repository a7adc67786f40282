using System.Text;
using ClamProxy.Process.Tests.Clients;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Links;

/// <summary>
/// A registry on two hosts whose index is changed by a test, and a ClamProxy in front of it that knows no more than it is told.
/// </summary>
internal sealed class LeadingIndex : IAsyncDisposable
{
    private LeadingIndex(RegistryHosts hosts, ProxyProcess proxy) => (Hosts, Proxy) = (hosts, proxy);

    public RegistryHosts Hosts { get; }

    public ProxyProcess Proxy { get; }

    /// <summary>What the files' host was asked without ClamProxy in between.</summary>
    public IEnumerable<FakeOriginRequest> AskedPastTheScanner =>
        Hosts.Files.Requests.Where(
            request => !request.Headers.GetValueOrDefault("Via", "").Contains("clamproxy-", StringComparison.Ordinal));

    public static async Task<LeadingIndex> StartAsync(
        ClientClamd clamd, RegistryHosts hosts, params (string Name, string Value)[] variables)
    {
        var all = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        all["CLAMD_HOSTS"] = clamd.Endpoint;
        all["ALLOWED_UPSTREAMS"] = "127.0.0.1";
        return new(hosts, await ProxyProcess.StartAsync(all));
    }

    /// <summary>Publishes what the index has at a path once more, changed, under another media type.</summary>
    /// <param name="type">Null: none.</param>
    public static async Task RepublishAsync(FakeOrigin index, string path, Func<string, string> change, string? type)
    {
        using var client = new HttpClient { BaseAddress = new UriBuilder(index.Url).Uri };
        var text = await client.GetStringAsync(new Uri(path, UriKind.Relative));
        var content = Encoding.UTF8.GetBytes(change(text));
        index.On(path, async context =>
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content);
        });
    }

    public Task<string> ReadinessAsync() => Proxy.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative));

    public Task<string> MetricsAsync() => Proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    public async ValueTask DisposeAsync() => await Proxy.DisposeAsync();
}
