using System.Diagnostics;
using System.Net;

namespace ClamProxy.Soak.Worlds;

/// <summary>Sends requests to one port, and keeps every byte that comes back.</summary>
internal sealed class HttpTalk(int port) : IDisposable
{
    private readonly HttpClient _client = Client(port, Timeout.InfiniteTimeSpan);

    /// <summary>
    /// For requests that must not be repeated: .NET's client sends one again whose kept connection ended before the answer.
    /// </summary>
    private readonly HttpClient _once = Client(port, TimeSpan.Zero);

    /// <summary>Sends one request.</summary>
    /// <param name="deadline">A later answer is none.</param>
    /// <param name="began">Called with the first byte of the body.</param>
    /// <param name="leaveAfter">Goes away after so many bytes of body.</param>
    /// <param name="isOnce">Sends it on a connection of its own.</param>
    public async Task<Reply> SendAsync(
        HttpRequestMessage request, TimeSpan deadline, Action? began = null, int leaveAfter = int.MaxValue, bool isOnce = false)
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(deadline);
        using var body = new MemoryStream();
        var (status, detail, isWhole, isLate) = (0, "", false, false);
        Dictionary<string, string> fields = new(StringComparer.OrdinalIgnoreCase);
        try
        {
            using var response = await (isOnce ? _once : _client).SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            (status, detail) = ((int)response.StatusCode, response.ReasonPhrase ?? "");
            foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            {
                fields[name] = values.ToString();
            }

            isWhole = await ReadAsync(response, body, began, leaveAfter, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            detail = e.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            isLate = true;
        }

        return new Reply(status, fields, body.ToArray(), isWhole, isLate, clock.Elapsed, detail);
    }

    public void Dispose()
    {
        _client.Dispose();
        _once.Dispose();
    }

    private static HttpClient Client(int port, TimeSpan lifetime) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = lifetime,
    })
    {
        BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static async Task<bool> ReadAsync(
        HttpResponseMessage response, MemoryStream body, Action? began, int leaveAfter, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[32 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (body.Length == 0)
            {
                began?.Invoke();
            }

            body.Write(buffer, 0, count);
            if (body.Length >= leaveAfter)
            {
                return false;
            }
        }

        return true;
    }
}
