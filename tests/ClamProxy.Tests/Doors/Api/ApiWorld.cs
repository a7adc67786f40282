using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>The real host with the scan API open, its workers in the same process, and a client of its port.</summary>
internal sealed class ApiWorld : IAsyncDisposable
{
    private readonly TempFolder _data;
    private readonly bool _ownsData;

    private ApiWorld(ProxyWorld host, TempFolder data, bool ownsData)
    {
        (Host, _data, _ownsData) = (host, data, ownsData);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = new UriBuilder(host.Addresses[2]).Uri,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public ProxyWorld Host { get; }

    public HttpClient Client { get; }

    public FakeClamd Clamd => Host.Clamd;

    public string Objects => Path.Combine(_data.Path, "objects");

    public static Task<ApiWorld> StartAsync(params string[] settings) => StartAsync("proxy,api,worker", settings);

    public static async Task<ApiWorld> StartAsync(string doors, string[] settings, TempFolder? data = null)
    {
        var folder = data ?? new TempFolder();
        var host = await ProxyWorld.StartAsync(
            [$"--DOORS={doors}", $"--DATA_PATH={folder.Path}", "--ClamProxy:Objects:MinFree=0", "--JOB_ATTEMPTS=2", .. settings]);
        return new ApiWorld(host, folder, data is null);
    }

    public static MultipartFormDataContent Form(params (byte[] Bytes, string Name)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (bytes, name) in files)
        {
            form.Add(new ByteArrayContent(bytes), "file", name);
        }

        return form;
    }

    public async Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> PostAsync(string path, HttpContent content)
    {
        using var answer = await Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await BodyAsync(answer), answer.Headers);
    }

    public async Task<(int Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await BodyAsync(answer));
    }

    public async Task<string> UploadAsync(byte[] bytes, string name = "file.bin")
    {
        using var form = Form((bytes, name));
        var (status, body, _) = await PostAsync("/upload", form);
        Assert.Equal((int)HttpStatusCode.Accepted, status);
        return body.GetProperty("id").GetString()!;
    }

    /// <summary>Uploads, and waits for the outcome.</summary>
    public async Task<JsonElement> ResultAsync(byte[] bytes, string name = "file.bin")
    {
        var id = await UploadAsync(bytes, name);
        var (status, body) = await GetAsync($"/result/{id}?wait=30s");
        Assert.Equal(200, status);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        if (_ownsData)
        {
            _data.Dispose();
        }
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return bytes.Length > 0 && answer.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) is true
            ? JsonSerializer.Deserialize<JsonElement>(bytes)
            : default;
    }
}
