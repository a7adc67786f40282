using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace ClamProxy.Soak.Worlds;

/// <summary>A client that checks every byte it gets.</summary>
/// <param name="port">The port it asks.</param>
/// <param name="upstream">The URL of the files, as the proxy reaches it.</param>
internal sealed class Asker(int port, string upstream) : IDisposable
{
    private readonly HttpClient _client = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None })
    {
        BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks once.</summary>
    /// <param name="deadline">A later answer is none.</param>
    /// <param name="began">Called with the first byte of the body.</param>
    /// <param name="leaveAfter">Goes away after so many bytes of body.</param>
    public async Task<Answer> AskAsync(
        TestFile file,
        TimeSpan deadline,
        (int From, int To)? range = null,
        bool cacheScan = true,
        Action? began = null,
        int leaveAfter = int.MaxValue)
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(deadline);
        using var body = new MemoryStream();
        var (status, verdict, detail) = (0, (string?)null, "");
        var isWhole = false;
        try
        {
            using var request = Request(file, range, cacheScan);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = (int)response.StatusCode;
            verdict = response.Headers.TryGetValues("Scan-Verdict", out var values) ? string.Join(',', values) : null;
            detail = response.ReasonPhrase ?? "";
            isWhole = await ReadAsync(response, body, began, leaveAfter, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            detail = e.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new Answer(file, AnswerKind.Late, status, body.Length, clock.Elapsed, detail);
        }

        var kind = Judge.Of(file, range, status, verdict, body.GetBuffer().AsSpan(0, (int)body.Length), isWhole);
        return new Answer(file, kind, status, body.Length, clock.Elapsed, detail);
    }

    /// <summary>Asks, and once more if a trickle was broken off.</summary>
    public async Task<Answer> AskTillSettledAsync(TestFile file, TimeSpan deadline) =>
        await AskAsync(file, deadline) is { IsBrokenOffForGood: false } settled ? settled : await AskAsync(file, deadline);

    public void Dispose() => _client.Dispose();

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

    private HttpRequestMessage Request(TestFile file, (int From, int To)? range, bool cacheScan)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(file.Path, UriKind.Relative));
        request.Headers.Add("Download-From", upstream);
        request.Headers.Add("Cache-Scan", cacheScan ? "True" : "False");
        request.Headers.Range = range is var (from, to) ? new RangeHeaderValue(from, to) : null;
        return request;
    }
}
