using System.Net.Http.Headers;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Documents;

/// <summary>A client of documents that change (Cache-Scan: Revalidate), who has every answer judged.</summary>
/// <param name="strangers">The same for clients that nobody has seen before.</param>
internal sealed class DocumentAsker(HttpTalk talk, HttpTalk strangers, string upstream)
{
    /// <param name="deadline">A later answer is none.</param>
    /// <param name="began">Called with the first byte of the body.</param>
    public async Task<(Reply Reply, DocumentVerdict Verdict)> AskAsync(
        Document document, DocumentAsk ask, TimeSpan deadline, Action? began = null)
    {
        using var request = Request(document, ask);
        var reply = await (ask.IsStranger ? strangers : talk).SendAsync(request, deadline, began, isOnce: ask.IsStranger);
        return (reply, DocumentJudge.Of(document, ask, reply));
    }

    private HttpRequestMessage Request(Document document, DocumentAsk ask)
    {
        var request = new HttpRequestMessage(ask.IsHead ? HttpMethod.Head : HttpMethod.Get, new Uri(document.ClientPath, UriKind.Relative));
        if (document.Kind != DocumentKind.Rewritten)
        {
            request.Headers.Add("Download-From", upstream);
            request.Headers.Add("Cache-Scan", "Revalidate");
        }

        request.Headers.Add("Accept-Language", ask.Language);
        request.Headers.Range = ask.Range is var (from, to) ? new RangeHeaderValue(from, to) : null;
        foreach (var (name, value) in new[]
        {
            ("Accept-Encoding", ask.Codings),
            ("If-None-Match", ask.IfNoneMatch),
            ("If-Range", ask.IfRange),
            ("Cache-Control", ask.Directive),
        })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }
}
