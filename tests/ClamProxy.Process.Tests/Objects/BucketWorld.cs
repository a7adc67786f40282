using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>clamd, a bucket, and ClamProxy as API and worker that keeps contents in it.</summary>
internal sealed class BucketWorld : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TempFolder _data = new();
    private readonly int _port = FreePort.Next();
    private ClamdProcess? _clamd;
    private ProxyProcess? _proxy;

    private BucketWorld(BucketRig bucket)
    {
        Bucket = bucket;
        Api = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new UriBuilder("http", "127.0.0.1", _port).Uri,
            Timeout = TimeSpan.FromMinutes(3),
        };
    }

    public BucketRig Bucket { get; }

    public HttpClient Api { get; }

    public string Log => _proxy!.Log;

    public static async Task<BucketWorld> StartAsync(
        IS3Server server, int port, IReadOnlyDictionary<string, string>? variables, bool waitUntilReady)
    {
        var world = new BucketWorld(await BucketRig.StartAsync(server, "jobs/"));
        try
        {
            world._clamd = await ClamdProcess.StartAsync("StreamMaxLength 200M", "MaxFileSize 200M", "MaxScanSize 200M");
            var settings = new Dictionary<string, string>
            {
                ["DOORS"] = "api,worker",
                ["API_PORT"] = $"{world._port}",
                ["CLAMD_HOSTS"] = world._clamd.TcpEndpoint,
                ["DATA_PATH"] = world._data.Path,
                ["STORAGE_URL"] = $"s3://{world.Bucket.Bucket}/jobs",
                ["S3_ENDPOINT_URL"] = $"http://127.0.0.1:{port}",
                ["S3_ACCESS_KEY"] = server.AccessKey,
                ["S3_SECRET_KEY"] = server.SecretKey,
                ["ClamProxy__Listen__Address"] = "127.0.0.1",
                ["MAX_FILE_SIZE"] = "150M",
            };
            foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            {
                settings[name] = value;
            }

            world._proxy = await ProxyProcess.StartAsync(settings, waitUntilReady);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public MultipartFormDataContent Form(byte[] bytes) => new() { { new ByteArrayContent(bytes), "file", "file.bin" } };

    public async Task<string> UploadAsync(byte[] bytes)
    {
        using var form = Form(bytes);
        using var answer = await Api.PostAsync(new Uri("/upload", UriKind.Relative), form, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{answer.StatusCode} {body}\n{Log}");
        return JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>The outcome, when the content lies where it says.</summary>
    public async Task<JsonElement> ResultAsync(string id)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var text = await Api.GetStringAsync(new Uri($"/result/{id}?wait=30s", UriKind.Relative), limit.Token);
            var result = JsonDocument.Parse(text).RootElement;
            if (result.GetProperty("status").GetString() != "PENDING"
                && (await Bucket.KeysAsync()).SequenceEqual([$"jobs/{result.GetProperty("key").GetString()}"]))
            {
                return result;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    public async Task<byte[]> DownloadAsync(string id, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/download/{id}", UriKind.Relative));
        request.Headers.Range = range;
        using var answer = await Api.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What /readyz says once the process has found the bucket's fault.</summary>
    public async Task<string> UnreadyAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            using var answer = await _proxy!.Management.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
            var text = await answer.Content.ReadAsStringAsync(limit.Token);
            if (!answer.IsSuccessStatusCode && text.Contains("contents cannot be kept", StringComparison.Ordinal))
            {
                return text;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Waits for a line of the log, which comes by a pipe.</summary>
    public async Task LoggedAsync(string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async Task ReadyAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await _proxy!.AnswersAsync("/readyz"))
        {
            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await (_proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_clamd?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Bucket.DisposeAsync();
        _data.Dispose();
    }
}
