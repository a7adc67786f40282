using System.Net;
using ClamProxy.Core.Download;

namespace ClamProxy.Warming;

/// <summary>
/// Asks a running ClamProxy as a package client would, so that what it then keeps is what the client is going to ask for: the key of a
/// verdict holds the header fields that are sent (decision 0008).
/// </summary>
internal sealed class ProxyClient(ProxyBase via, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const int Attempts = 5;

    // Under DELIVERY=retry it says 503 for as long as it scans, each time with this kind.
    private const string StillScanning = "still-scanning";
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = ServerClient.Open();

    public ProxyBase Via => via;

    /// <summary>Asks for one place until there is an answer that lasts, or the time is over.</summary>
    /// <param name="location">A path of ClamProxy's, or an absolute URL.</param>
    /// <param name="take">Reads the body of a good answer.</param>
    /// <returns>Never an exception: also what went wrong, and that it was interrupted, is a result.</returns>
    public async Task<WarmResult> AskAsync(
        string name,
        string location,
        string accept,
        Func<HttpResponseMessage, CancellationToken, Task<DownloadedBody>> take,
        CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var answer = await TryAsync(name, location, accept, take, either.Token);
                if (answer.RetryAfter is not { } wait || (attempt >= Attempts && !answer.IsPatient))
                {
                    return answer.Result with { Time = time.GetElapsedTime(began) };
                }

                await Task.Delay(wait < LongestWait ? wait : LongestWait, time, either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            var result = cancellationToken.IsCancellationRequested
                ? WarmResult.Interrupted(name)
                : WarmResult.Failed(name, "no answer", $"it was not complete within {timeout}");
            return result with { Time = time.GetElapsedTime(began) };
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<Attempt> TryAsync(
        string name,
        string location,
        string accept,
        Func<HttpResponseMessage, CancellationToken, Task<DownloadedBody>> take,
        CancellationToken cancellationToken)
    {
        using var request = Request(location, accept, out var problem);
        if (request is null)
        {
            return new(WarmResult.Failed(name, "bad URL", problem!));
        }

        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode
                ? await TakeAsync(name, answer, take, cancellationToken)
                : Refusal(name, answer, await ProxyProblem.ReadAsync(answer, cancellationToken));
        }
        catch (HttpRequestException unreachable)
        {
            return new(WarmResult.Failed(name, "no answer", $"{via}: {unreachable.Message}"));
        }
        catch (IOException broken)
        {
            // So it ends where a bad verdict comes after the first bytes: the next request gets the reason.
            return new(WarmResult.Failed(name, "broken off", broken.Message), TimeSpan.Zero);
        }
    }

    private static async Task<Attempt> TakeAsync(
        string name,
        HttpResponseMessage answer,
        Func<HttpResponseMessage, CancellationToken, Task<DownloadedBody>> take,
        CancellationToken cancellationToken)
    {
        if (!answer.Headers.TryGetValues("Cache-Status", out var states)
            || states.FirstOrDefault(state => state.StartsWith("ClamProxy", StringComparison.Ordinal)) is not { } state)
        {
            return new(WarmResult.Failed(name, "not scanned", "the answer did not come from ClamProxy: is --via right?"));
        }

        var source = state.Contains("; hit", StringComparison.Ordinal) ? "hit" : "miss";
        var verdict = answer.Headers.TryGetValues("Scan-Verdict", out var verdicts) ? verdicts.First() : "clean";
        var taken = await take(answer, cancellationToken);
        var result = taken.Problem is { } wrong ? WarmResult.Failed(name, wrong)
            : new WarmResult(name, WarmOutcome.Clean, verdict == "clean" ? verdict : $"{verdict}, delivered by a policy or an exception");
        return new(result with { Size = taken.Size, Source = source });
    }

    private static Attempt Refusal(string name, HttpResponseMessage answer, ProxyProblem problem)
    {
        var reason = answer.ReasonPhrase is { Length: > 0 } phrase ? phrase : answer.StatusCode.ToString();
        var wait = answer.StatusCode == HttpStatusCode.ServiceUnavailable ? answer.Headers.RetryAfter?.Delta : null;
        return answer.StatusCode == HttpStatusCode.Conflict
            ? new(WarmResult.Refused(name, reason, problem.Detail))
            : new(WarmResult.Failed(name, $"{(int)answer.StatusCode} {reason}", problem.Detail), wait, problem.Kind == StillScanning);
    }

    private HttpRequestMessage? Request(string location, string accept, out string? problem)
    {
        var path = location.StartsWith('/') ? location : via.PathOf(location);
        var elsewhere = path is null ? WebUrl.Parse(location, out problem) : null;
        problem = null;
        if (Target.TryCreate(via.Text, path ?? elsewhere?.Rest ?? "", out problem) is not { } target)
        {
            return null;
        }

        var request = new HttpRequestMessage(HttpMethod.Get, target.Uri);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("User-Agent", "clamproxy-warm");
        if (via.Credential is { } credential)
        {
            request.Headers.TryAddWithoutValidation("Proxy-Authorization", credential);
        }

        if (elsewhere is not null)
        {
            request.Headers.TryAddWithoutValidation("Download-From", elsewhere.Base);
            request.Headers.TryAddWithoutValidation("Cache-Scan", "True");
        }

        return request;
    }

    /// <param name="RetryAfter">When to ask again; null: this is the answer.</param>
    /// <param name="IsPatient">Whether to ask again for as long as there is time.</param>
    private sealed record Attempt(WarmResult Result, TimeSpan? RetryAfter = null, bool IsPatient = false);
}
