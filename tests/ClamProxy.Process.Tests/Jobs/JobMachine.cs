using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>ClamProxy with the scan API, workers or both, as a process of its own.</summary>
internal sealed class JobMachine : IAsyncDisposable
{
    private JobMachine(ProxyProcess process, int apiPort)
    {
        Process = process;
        Api = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new UriBuilder("http", "127.0.0.1", apiPort).Uri,
            Timeout = TimeSpan.FromSeconds(90),
        };
    }

    public ProxyProcess Process { get; }

    public HttpClient Api { get; }

    /// <param name="doors">Such as <c>api,worker</c>.</param>
    /// <param name="data">Its DATA_PATH.</param>
    public static async Task<JobMachine> StartAsync(
        string doors, string data, string clamd, string queue, params (string Name, string Value)[] more)
    {
        var apiPort = FreePort.Next();
        var variables = new Dictionary<string, string>
        {
            ["DOORS"] = doors,
            ["API_PORT"] = apiPort.ToString(CultureInfo.InvariantCulture),
            ["DATA_PATH"] = data,
            ["CLAMD_URL"] = clamd,
            ["QUEUE_URL"] = queue,
            ["ClamProxy__Objects__MinFree"] = "0",
            ["ClamProxy__Jobs__LeaseTime"] = "00:00:06",
            ["ClamProxy__Jobs__RetryPause"] = "00:00:00.2",
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return new JobMachine(await ProxyProcess.StartAsync(variables), apiPort);
    }

    /// <returns>The status, the job's id where it was accepted, and the header Retry-After.</returns>
    public async Task<(int Status, string? Id, string? RetryAfter)> UploadAsync(byte[] bytes, string name = "file.bin")
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", name } };
        using var answer = await Api.PostAsync(new Uri("/upload", UriKind.Relative), form);
        var id = answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString() : null;
        return ((int)answer.StatusCode, id, answer.Headers.RetryAfter?.ToString());
    }

    public async Task<string> AcceptedAsync(byte[] bytes)
    {
        var (status, id, _) = await UploadAsync(bytes);
        return status == 202 ? id! : throw new InvalidOperationException($"{status}\n{Process.Log}");
    }

    /// <summary>The status of a job, when it has ended; 503 is asked again, as clients do.</summary>
    public async Task<string> StatusAsync(string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!limit.IsCancellationRequested)
        {
            using var answer = await Api.GetAsync(new Uri($"/result/{id}?wait=30s", UriKind.Relative));
            var status = answer.IsSuccessStatusCode
                ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString()!
                : $"{(int)answer.StatusCode}";
            if (status is not ("PENDING" or "503"))
            {
                return status;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"{id} is pending:\n{Process.Log}");
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Process.DisposeAsync();
    }
}
