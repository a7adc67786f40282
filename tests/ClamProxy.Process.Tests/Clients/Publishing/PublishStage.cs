using System.Collections.Concurrent;
using System.Text;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Clients.Publishing;

/// <summary>One registry that takes what every client publishes, and one proxy in front of it, for all of them.</summary>
public sealed class PublishStage : IAsyncLifetime
{
    private static readonly string[] Presets = ["npm", "pypi", "nuget", "maven", "cargo"];

    private ClamdProcess? _clamd;
    private RegistryHosts? _hosts;
    private ProxyProcess? _proxy;

    /// <summary>The bodies that the registry got, whole, by method and path.</summary>
    public ConcurrentDictionary<string, byte[]> Received { get; } = [];

    public NuGetRegistry NuGet { get; private set; } = null!;

    public string Log => _proxy!.Log;

    /// <summary>What a client of a preset is given, without a slash at its end.</summary>
    public string UrlOf(string preset) => $"http://127.0.0.1:{_proxy!.Port}/{preset}";

    public async ValueTask InitializeAsync()
    {
        _clamd = await ClamdProcess.StartAsync();
        _hosts = await RegistryHosts.StartAsync();
        NuGet = new NuGetRegistry(_hosts);
        _ = new MavenRegistry(_hosts);
        Prepare(_hosts.Index, _hosts.Index.Otherwise!);
        var variables = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = _clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["PRESETS"] = string.Join(',', Presets),
            ["PYPI_FILES_UPSTREAM"] = $"{_hosts.Files.Url}/",
            ["CARGO_FILES_UPSTREAM"] = $"{_hosts.Files.Url}/",
        };
        foreach (var preset in Presets)
        {
            variables[$"{preset.ToUpperInvariant()}_UPSTREAM"] = $"{_hosts.Index.Url}/";
            variables[$"ClamProxy__Routes__{preset}__Publish"] = "true";
        }

        _proxy = await ProxyProcess.StartAsync(variables);
    }

    public async ValueTask DisposeAsync()
    {
        await (_proxy?.DisposeAsync() ?? default);
        await (_hosts?.DisposeAsync() ?? default);
        await (_clamd?.DisposeAsync() ?? default);
    }

    private void Prepare(FakeOrigin index, RequestDelegate read)
    {
        RegistryHosts.Publish(
            index,
            "/v3/index.json",
            $$"""{"version":"3.0.0","resources":[{"@id":"{{index.Url}}/api/v2/package","@type":"PackagePublish/2.0.0"}]}""",
            "application/json");
        RegistryHosts.Publish(
            index, "/config.json", $$"""{"dl":"{{_hosts!.Files.Url}}/crates","api":"{{index.Url}}"}""", "application/json");
        index.Otherwise = context => HttpMethods.IsGet(context.Request.Method) ? read(context) : TakeAsync(index, context);
    }

    private async Task TakeAsync(FakeOrigin index, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var path = context.Request.Path.Value!;
        Received[$"{context.Request.Method} {path}"] = body.ToArray();
        if (path == "/api/v1/crates/new")
        {
            // cargo waits until the index has it.
            RegistryHosts.Publish(
                index,
                "/gr/ee/greeter",
                """{"name":"greeter","vers":"1.0.0","deps":[],"cksum":"","features":{},"yanked":false}""" + "\n",
                "text/plain");
        }

        context.Response.StatusCode = path.StartsWith("/-/npm/", StringComparison.Ordinal) ? 200 : path.Contains("crates") ? 200 : 201;
        context.Response.ContentType = "application/json";
        await FakeOrigin.SendAsync(
            context,
            Encoding.ASCII.GetBytes(path switch
            {
                "/api/v1/crates/new" => """{"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}""",
                _ when path.StartsWith("/-/npm/", StringComparison.Ordinal) => "{}",
                _ => """{"ok":true}""",
            }));
    }
}
