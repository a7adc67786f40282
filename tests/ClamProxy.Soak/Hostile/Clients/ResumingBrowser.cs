using System.Net;
using System.Net.Http.Headers;

namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>
/// Resumes as browsers and download managers do: from the byte it has, with the validator it saw first where it sends If-Range.
/// </summary>
internal static class ResumingBrowser
{
    private const int MostAttempts = 5;
    private const string Agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    public static async Task<Download> DownloadAsync(DownloadJob job, bool sendsIfRange, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Agent);
        using var file = new MemoryStream();
        EntityTagHeaderValue? tag = null;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, job.Url);
            if (file.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(file.Length, null);
                request.Headers.IfRange = sendsIfRange && tag is { IsWeak: false } ? new RangeConditionHeaderValue(tag) : null;
            }

            try
            {
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (!Accept(answer, file))
                {
                    return new Download(false, file.ToArray(), $"{(int)answer.StatusCode} {answer.ReasonPhrase}");
                }

                tag ??= answer.Headers.ETag;
                await (await answer.Content.ReadAsStreamAsync(cancellationToken)).CopyToAsync(file, cancellationToken);
                return new Download(true, file.ToArray(), "");
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // It broke off: the next attempt resumes.
            }
        }

        return new Download(false, file.ToArray(), $"gave up after {MostAttempts} attempts");
    }

    /// <summary>Whether it can go on with this answer; one of the whole file begins anew.</summary>
    private static bool Accept(HttpResponseMessage answer, MemoryStream file)
    {
        if (answer.StatusCode == HttpStatusCode.PartialContent)
        {
            return answer.Content.Headers.ContentRange?.From == file.Length;
        }

        file.SetLength(0);
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
