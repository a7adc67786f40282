using System.Net;
using System.Text.Json;

namespace ClamProxy.Soak.Jobs;

/// <summary>A client of the API that does not give up: what was not accepted it sends again.</summary>
internal sealed class JobClient(int port) : IDisposable
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
    {
        BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri,
        Timeout = TimeSpan.FromMinutes(5),
    };

    /// <returns>The id of the job that was accepted.</returns>
    public Task<string> UploadAsync(JobFile file, CancellationToken limit) => UploadAsync(
        () => new MultipartFormDataContent { { new ByteArrayContent(file.Bytes), "file", file.Name } }, limit);

    /// <param name="form">Makes the body, for each try.</param>
    /// <returns>The id of the job that was accepted.</returns>
    public async Task<string> UploadAsync(Func<HttpContent> form, CancellationToken limit)
    {
        using var answer = await AskAsync(
            () => new HttpRequestMessage(HttpMethod.Post, Path("/upload")) { Content = form() },
            status => status == HttpStatusCode.Accepted,
            limit);
        return Text(answer.RootElement, "id")!;
    }

    /// <returns>What is known of the job when it has ended; null: it is not known.</returns>
    public async Task<JsonElement?> EndAsync(string id, CancellationToken limit)
    {
        while (true)
        {
            using var answer = await AskAsync(
                () => new HttpRequestMessage(HttpMethod.Get, Path($"/result/{id}?wait=2s")),
                status => status is HttpStatusCode.OK or HttpStatusCode.NotFound,
                limit);
            switch (Text(answer.RootElement, "status"))
            {
                case null or "404":
                    return null;
                case "PENDING":
                    break;
                default:
                    return answer.RootElement.Clone();
            }
        }
    }

    public async Task DeleteAsync(string id, CancellationToken limit)
    {
        using var answer = await AskAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, Path($"/files/{id}")),
            status => status is HttpStatusCode.NoContent or HttpStatusCode.NotFound,
            limit);
    }

    /// <summary>All results that there are, page by page.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(CancellationToken limit)
    {
        var all = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            using var page = await AskAsync(
                () => new HttpRequestMessage(HttpMethod.Get, Path($"/results?cursor={Uri.EscapeDataString(cursor)}")),
                status => status == HttpStatusCode.OK,
                limit);
            all.AddRange(page.RootElement.GetProperty("results").EnumerateArray().Select(result => result.Clone()));
            if (Text(page.RootElement, "next") is not { } next)
            {
                return all;
            }

            cursor = next;
        }
    }

    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString()
            : null;

    public void Dispose() => _http.Dispose();

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private async Task<JsonDocument> AskAsync(
        Func<HttpRequestMessage> make, Func<HttpStatusCode, bool> isAnswer, CancellationToken limit)
    {
        while (true)
        {
            try
            {
                using var request = make();
                using var answer = await _http.SendAsync(request, limit);
                var body = await answer.Content.ReadAsStringAsync(limit);
                if (isAnswer(answer.StatusCode))
                {
                    return JsonDocument.Parse(body.Length == 0 ? "null" : body);
                }

                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    throw new InvalidDataException($"{(int)answer.StatusCode} {request.RequestUri}: {body}");
                }
            }
            catch (Exception notNow) when (notNow is HttpRequestException or IOException)
            {
                // It is dead, or has just died.
            }

            await Task.Delay(s_again, limit);
        }
    }
}
