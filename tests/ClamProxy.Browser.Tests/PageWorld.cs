using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using ClamProxy.TestKit;
using Microsoft.Playwright;

namespace ClamProxy.Browser.Tests;

/// <summary>ClamProxy as a process with its API and workers, a scanner that a test programs, and a page of the API in a browser.</summary>
internal sealed class PageWorld : IAsyncDisposable
{
    private readonly TempFolder _data;
    private readonly ProxyProcess _process;

    private PageWorld(TempFolder data, FakeClamd clamd, ProxyProcess process, IPage page, Uri api)
    {
        (_data, Clamd, _process, Page, Api) = (data, clamd, process, page, api);
        page.Request += (_, request) => Requests.Enqueue(new UriBuilder(request.Url).Uri);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Dialog += async (_, dialog) =>
        {
            Complaints.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public FakeClamd Clamd { get; }

    public IPage Page { get; }

    public Uri Api { get; }

    /// <summary>What the browser asked for.</summary>
    public ConcurrentQueue<Uri> Requests { get; } = [];

    /// <summary>What it wrote to its console as an error, such as a breach of the content security policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    public ILocator Row => Page.Locator("#list li");

    public ILocator State => Row.Locator(".state");

    public ILocator Download => Page.Locator("#list a");

    public static async Task<PageWorld> StartAsync(Chromium browser, params (string Name, string Value)[] variables)
    {
        var (data, clamd, port) = (new TempFolder(), FakeClamd.OnTcp(), FreePort.Next());
        var process = await ProxyProcess.StartAsync(new Dictionary<string, string>(
            variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)))
        {
            ["DOORS"] = "proxy,api,worker",
            ["API_PORT"] = $"{port}",
            ["DATA_PATH"] = data.Path,
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ClamProxy__Objects__MinFree"] = "0",
            ["ClamProxy__Listen__Address"] = "127.0.0.1",
        });
        return new PageWorld(data, clamd, process, await browser.OpenAsync(), new UriBuilder("http", "127.0.0.1", port).Uri);
    }

    public async Task OpenAsync(string path = "") => await Page.GotoAsync(new Uri(Api, path).AbsoluteUri);

    /// <summary>Chooses a file in the page's field.</summary>
    public Task ChooseAsync(byte[] content, string name = "file.bin") => Page.Locator("#files").SetInputFilesAsync(
        new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = content });

    /// <summary>Each file waits for its verdict until the result is set.</summary>
    public TaskCompletionSource HoldVerdicts()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Clamd.OnContent = async (connection, _) =>
        {
            await go.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        return go;
    }

    /// <summary>How many jobs there are.</summary>
    public async Task<int> CountAsync()
    {
        using var client = new HttpClient { BaseAddress = Api };
        var page = await client.GetFromJsonAsync<JsonElement>(new Uri("results", UriKind.Relative));
        return page.GetProperty("results").GetArrayLength();
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        await _process.DisposeAsync();
        await Clamd.DisposeAsync();
        _data.Dispose();
    }
}
