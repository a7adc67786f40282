using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>ClamProxy with a store that already has some files, and an nginx with the shipped templates that sends them.</summary>
public sealed class SharedStore : IAsyncLifetime
{
    public const string Tag = "\"upstreams-own\"";
    public const string Modified = "Thu, 20 Nov 2025 08:00:00 GMT";
    public const string Wheel = "/packages/a.whl";
    public const string Bare = "/packages/bare";
    public const string Infected = "/packages/infected";
    public const string Index = "/simple/a/";

    private readonly List<NginxProcess> _others = [];

    public byte[] Content { get; } = RandomBody.Of(400_000);

    public TempFolder Folder { get; } = new();

    public FakeOrigin Origin { get; private set; } = null!;

    public ProxyProcess Proxy { get; private set; } = null!;

    public NginxProcess Nginx { get; private set; } = null!;

    /// <summary>Such as <c>ab/ab12…</c>, below the store's folder of contents.</summary>
    public string Location
    {
        get
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));
            return $"{sha256[..2]}/{sha256}";
        }
    }

    private FakeClamd Clamd { get; } = FakeClamd.OnTcp();

    public async ValueTask InitializeAsync()
    {
        Origin = await FakeOrigin.StartAsync();
        Origin.On(Wheel, SendWheelAsync).On(Infected, Eicar.Bytes).On(Index, SendIndexAsync).On(Bare, SendBareAsync);
        Clamd.OnContent = (connection, content) =>
            connection.ReplyAsync(content.AsSpan().SequenceEqual(Eicar.Bytes) ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0");
        Proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = Clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["STORE_PATH"] = Folder.Path,
            ["ACCEL_REDIRECT"] = "/.clamproxy-store/",
        });
        Nginx = await StartNginxAsync(Folder.Path);
        await StoreAsync(Wheel, Bare, Index);
    }

    /// <summary>One more nginx before the same ClamProxy.</summary>
    /// <param name="storeFolder">Its STORE_FOLDER; null: the variable is not set.</param>
    public async Task<NginxProcess> StartNginxAsync(string? storeFolder)
    {
        var variables = NginxProcess.Defaults($"127.0.0.1:{Proxy.Port}");
        variables["EXAMPLE_DOWNLOAD_FROM"] = variables["PYPI_DOWNLOAD_FROM"] = variables["PYPI_FILES_DOWNLOAD_FROM"] = Origin.Url;
        variables["EXAMPLE_CACHE_SCAN"] = variables["PYPI_CACHE_SCAN"] = "True";
        if (storeFolder is not null)
        {
            variables["STORE_FOLDER"] = storeFolder;
        }

        var nginx = await NginxProcess.StartAsync(variables);
        _others.Add(nginx);
        return nginx;
    }

    /// <summary>Asks an nginx; its server is one of EXAMPLE_PORT and PYPI_PORT.</summary>
    /// <param name="fields">Whole header lines, each with its line end.</param>
    internal static async Task<RawAnswer> AskAsync(
        NginxProcess nginx, string path, string fields = "", string server = "PYPI_PORT", string method = "GET")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = await RawClient.ConnectAsync(nginx.Address(server).Port, limit.Token);
        return await client.AskAsync(method, path, fields, limit.Token);
    }

    /// <summary>Asks ClamProxy itself.</summary>
    internal async Task<RawAnswer> AskProxyAsync(string path, string fields = "")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = await RawClient.ConnectAsync(Proxy.Port, limit.Token);
        return await client.GetAsync(path, $"Download-From: {Origin.Url}\r\nCache-Scan: True\r\n{fields}", limit.Token);
    }

    /// <summary>The file's bytes as <see cref="RawAnswer.Body"/> has them.</summary>
    internal string Text => Encoding.Latin1.GetString(Content);

    /// <summary>Asks until the store has them.</summary>
    public async Task StoreAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            await AskProxyAsync(path);
            Assert.Equal("ClamProxy; hit; detail=store", (await AskProxyAsync(path))["Cache-Status"]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var nginx in _others)
        {
            await nginx.DisposeAsync();
        }

        await Proxy.DisposeAsync();
        await Clamd.DisposeAsync();
        await Origin.DisposeAsync();
        Folder.Dispose();
    }

    private Task SendWheelAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ETag = Tag;
        headers.LastModified = Modified;
        headers.CacheControl = "public, max-age=60";
        headers.Expires = Modified;
        headers.ContentDisposition = "attachment; filename=a.whl";
        headers.ContentLanguage = "en";
        headers["X-Checksum-Sha1"] = Convert.ToHexStringLower(SHA256.HashData(Content)[..20]);
        headers["X-Accel-Redirect"] = "/healthz";
        headers["X-Accel-Limit-Rate"] = 1.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/x-wheel; charset=binary";
        return FakeOrigin.SendAsync(context, Content);
    }

    private Task SendIndexAsync(HttpContext context)
    {
        context.Response.ContentType = "application/vnd.pypi.simple.v1+json";
        return FakeOrigin.SendAsync(context, Encoding.ASCII.GetBytes($$"""{"url":"{{Origin.Url}}/packages/a.whl"}"""));
    }

    private static async Task SendBareAsync(HttpContext context)
    {
        context.Response.ContentLength = 4;
        await context.Response.Body.WriteAsync("bare"u8.ToArray(), context.RequestAborted);
    }
}
