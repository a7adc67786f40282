using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClamProxy.Core.Jobs;
using ClamProxy.Doors.Api;
using ClamProxy.Warming;

namespace ClamProxy.Scans;

/// <summary>
/// Asks the scan API of a running ClamProxy: files by <c>POST /scan</c>, URLs by <c>POST /scan/url</c> and their result. While it says
/// 503 it is asked again, as long as there is time; what was piped in cannot be sent again.
/// </summary>
internal sealed class ServerScans(ProxyBase server, TimeProvider time) : IContentScans
{
    private const int MostBytes = 64 * 1024;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = ServerClient.Open();

    public async Task<ScannedContent> ScanAsync(ScanTarget target, CancellationToken isOver)
    {
        try
        {
            return target switch
            {
                ScanTarget.Web { Url: var url } => await ScanUrlAsync(target, url, isOver),
                _ => await SendAsync(target, isOver),
            };
        }
        catch (HttpRequestException unreachable)
        {
            return ScannedContent.Failed(target, $"{server}: {unreachable.GetBaseException().Message}");
        }
        catch (JsonException)
        {
            return ScannedContent.Failed(target, $"{server} did not answer as a ClamProxy does: is --server the port of its API?");
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ScannedContent> SendAsync(ScanTarget target, CancellationToken isOver)
    {
        while (true)
        {
            await using var content = Open(target);
            using var request = Request(HttpMethod.Post, "/scan");
            request.Content = new StreamContent(content)
            {
                Headers =
                {
                    ContentType = new MediaTypeHeaderValue("application/octet-stream"),
                    ContentLength = content.CanSeek ? content.Length : null,
                },
            };
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, isOver);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return ScannedContent.Of(target, await ReadAsync(answer, ScanJson.Default.ScanVerdictAnswer, isOver), detail: null);
            }

            if (target is ScanTarget.Input || Wait(answer) is not { } wait)
            {
                return await RefusalAsync(target, answer, isOver);
            }

            await Task.Delay(wait, time, isOver);
        }
    }

    private async Task<ScannedContent> ScanUrlAsync(ScanTarget target, WebUrl url, CancellationToken isOver)
    {
        JobAnswer job;
        while (true)
        {
            using var request = Request(HttpMethod.Post, "/scan/url");
            request.Content = JsonContent.Create(new ScanUrlBody(url.Text, null), ScanJson.Default.ScanUrlBody);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, isOver);
            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                job = await ReadAsync(answer, ScanJson.Default.JobAnswer, isOver);
                break;
            }

            if (Wait(answer) is not { } wait)
            {
                return await RefusalAsync(target, answer, isOver);
            }

            await Task.Delay(wait, time, isOver);
        }

        return await ResultAsync(target, job, isOver);
    }

    private async Task<ScannedContent> ResultAsync(ScanTarget target, JobAnswer job, CancellationToken isOver)
    {
        while (job.Status == JobStatus.Pending.Name())
        {
            using var request = Request(HttpMethod.Get, $"/result/{Uri.EscapeDataString(job.Id)}?wait=30s");
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, isOver);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                job = await ReadAsync(answer, ScanJson.Default.JobAnswer, isOver);
            }
            else if (Wait(answer) is { } wait)
            {
                await Task.Delay(wait, time, isOver);
            }
            else
            {
                return await RefusalAsync(target, answer, isOver);
            }
        }

        return job.Status == JobStatus.Error.Name()
            ? ScannedContent.Failed(target, job.Details ?? "no verdict could be had")
            : ScannedContent.Of(target, VerdictOf(job), job.Details);
    }

    private static ScanVerdictAnswer VerdictOf(JobAnswer job) => new(
        job.Status.ToLowerInvariant(),
        job.Virus,
        Reason: null,
        job.Sha256 ?? "",
        job.Size,
        job.Instance,
        SignatureDatabase: null,
        job.Timestamp,
        Known: job.Analyse is 0,
        Released: false);

    private static Stream Open(ScanTarget target) => target switch
    {
        ScanTarget.File { Path: var path } => LocalFile.Open(path),
        ScanTarget.Input => Console.OpenStandardInput(),
        _ => throw new InvalidOperationException("a target of a kind that nobody sends"),
    };

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, server.Text + path);
        request.Headers.TryAddWithoutValidation("User-Agent", "clamproxy-scan");
        if (server.Credential is { } credential)
        {
            request.Headers.TryAddWithoutValidation("Authorization", credential);
        }

        return request;
    }

    /// <returns>When to ask again; null: this is the answer.</returns>
    private static TimeSpan? Wait(HttpResponseMessage answer) =>
        answer.StatusCode != HttpStatusCode.ServiceUnavailable ? null
        : answer.Headers.RetryAfter?.Delta is not { } asked || asked < ShortestWait ? ShortestWait
        : asked < LongestWait ? asked
        : LongestWait;

    private static async Task<ScannedContent> RefusalAsync(ScanTarget target, HttpResponseMessage answer, CancellationToken isOver)
    {
        var problem = await ProxyProblem.ReadAsync(answer, isOver);
        return ScannedContent.Failed(target, $"{(int)answer.StatusCode} {answer.ReasonPhrase}: {problem.Detail}".TrimEnd(' ', ':'));
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken isOver)
        where T : class =>
        await BodyReader.ReadAllAsync(answer, MostBytes, isOver) is { } body && JsonSerializer.Deserialize(body, type) is { } read
            ? read
            : throw new JsonException("no answer of a ClamProxy");
}
