using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>
/// One ClamProxy as a process for all tests of the dashboard, with an upstream that holds a file back until it is told to go on, and a few
/// decisions to look at.
/// </summary>
public sealed class DashboardWorld : IAsyncLifetime
{
    private static readonly byte[] s_content = RandomBody.Of(400_000);

    private readonly TempFolder _folder = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private FakeOrigin _origin = null!;
    private ProxyProcess _process = null!;

    public string Address => $"http://127.0.0.1:{_process.ManagementPort}";

    public string Origin => _origin.Url;

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(s_content));

    public async ValueTask InitializeAsync()
    {
        _origin = await FakeOrigin.StartAsync();
        _origin.On("/good.whl", s_content).On("/bad.whl", Eicar.Bytes);
        var waivers = _folder.File("exceptions.json");
        await File.WriteAllTextAsync(
            waivers,
            """[{"signature": "Evil-1", "owner": "Ann", "reason": "a false alarm", "expires": "2100-01-01T00:00:00Z"}]""");
        _process = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["STORE_PATH"] = _folder.File("store"),
            ["RECORD_PATH"] = _folder.File("record"),
            ["EXCEPTIONS_FILE"] = waivers,
            ["ClamProxy__Listen__Address"] = "127.0.0.1",
            ["ClamProxy__Dashboard__RefreshInterval"] = "00:00:00.2",
        });
        await GetAsync("/good.whl");
        await GetAsync("/bad.whl", "refused-one");
        await GetAsync("/a/name/that/is/so/long/that/no/phone/has/room/for/it/in/one/line/" + new string('x', 200) + ".tar.gz");
    }

    /// <summary>Asks for a file by the proxy.</summary>
    public async Task<int> GetAsync(string path, string? requestId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Download-From", _origin.Url);
        request.Headers.TryAddWithoutValidation("Cache-Scan", "True");
        if (requestId is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Request-ID", requestId);
        }

        using var response = await _process.Client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return (int)response.StatusCode;
    }

    /// <summary>Has upstream send half of a file, and the rest when the result is set.</summary>
    public (TaskCompletionSource More, TaskCompletionSource End) HoldBack(string path)
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.On(path, async context =>
        {
            var part = s_content.Length / 4;
            context.Response.ContentLength = s_content.Length;
            await SendAsync(part);
            await more.Task;
            await SendAsync(2 * part);
            await rest.Task;
            await SendAsync(part);

            async Task SendAsync(int length)
            {
                await context.Response.Body.WriteAsync(s_content.AsMemory(0, length), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });
        return (more, rest);
    }

    /// <summary>Keeps a picture of what the browser shows, in a folder that git leaves out.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        var folder = Directory.CreateDirectory(Repository.File("tests/ClamProxy.Browser.Tests/screenshots"));
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder.FullName, $"{name}.png"), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _clamd.DisposeAsync();
        await _origin.DisposeAsync();
        _folder.Dispose();
    }
}
