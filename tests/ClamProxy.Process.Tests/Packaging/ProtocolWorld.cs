using System.Collections.Concurrent;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>
/// The shipped nginx in front of a ClamProxy that trickles, a scanner that finds every file infected after a second, and an upstream that
/// has another file for each query.
/// </summary>
public sealed class ProtocolWorld : IAsyncLifetime
{
    private const int Length = 300_000;

    private readonly ConcurrentDictionary<string, byte[]> _whole = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private FakeOrigin _origin = null!;
    private ProxyProcess _proxy = null!;
    private int _asked;

    public NginxProcess Nginx { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _clamd.OnContent = async (connection, _) =>
        {
            await Task.Delay(1000);
            await connection.ReplyAsync("stream: Eicar-Test-Signature FOUND\0");
        };
        _origin = await FakeOrigin.StartAsync();
        _origin.Otherwise = context => context.Request.Path.Value switch
        {
            "/chunked" => context.Response.Body.WriteAsync(RandomBody.Of(Length)).AsTask(),
            "/whole" => FakeOrigin.SendAsync(context, _whole.GetOrAdd(context.Request.QueryString.Value!, _ => RandomBody.Of(Length))),
            _ => PageAsync(context),
        };
        _proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["TRUSTED_PROXIES"] = "127.0.0.1/32",
            ["PATIENCE_SECONDS"] = "0",
            ["HOLD_BACK_BYTES"] = "1K",
            ["ClamProxy__Gate__TrickleInterval"] = "00:00:00.01",
            ["ClamProxy__Gate__TrickleBytes"] = "64K",
        });
        var variables = NginxProcess.Defaults($"127.0.0.1:{_proxy.Port}");
        variables["GENERIC_DOWNLOAD_FROM"] = variables["NPM_DOWNLOAD_FROM"] = variables["PYPI_DOWNLOAD_FROM"] = _origin.Url;
        Nginx = await NginxProcess.StartAsync(variables);
    }

    /// <summary>A URL that nobody asked for before: nothing is known of its file.</summary>
    public string New(Uri server, string path) => new Uri(server, $"{path}?{Interlocked.Increment(ref _asked)}").ToString();

    public async ValueTask DisposeAsync()
    {
        await Nginx.DisposeAsync();
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    private static Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return FakeOrigin.SendAsync(
            context, Encoding.UTF8.GetBytes($"{{\"a\":\"{context.Request.QueryString}{new string('x', Length)}\"}}"));
    }
}
