using ClamProxy.Core.Overview;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>All that is known of one request. A client may use one id for several.</summary>
internal sealed class RequestPage(RecentDecisions decisions)
{
    private const int Most = 50;

    /// <returns>Null: no request of this id is remembered.</returns>
    public Html? Of(Texts texts, string requestId)
    {
        var found = decisions.Find(decision => decision.RequestId == requestId, Most);
        return found.Count == 0
            ? null
            : PageLayout.Of(
                texts,
                DashboardPaths.Verdicts,
                texts["request.title"],
                Html.Of($"{found.Select(decision => Facts(texts, decision))}"));
    }

    private static Html Facts(Texts texts, Decision decision) => Parts.Facts([
        (texts["column.verdict"], Parts.Verdict(texts, decision.Verdict)),
        (texts["column.finding"], Parts.Said(decision.Finding)),
        (texts["column.url"], Parts.Foreign(decision.Url)),
        (texts["column.outcome"], Html.Of($"{Parts.Outcome(texts, decision)}")),
        (texts["column.status"], Html.Of($"{(decision.Status > 0 ? $"{decision.Status}" : "–")}")),
        (texts["column.content"], Content(decision.Sha256)),
        (texts["column.client"], Parts.Foreign(decision.Client)),
        (texts["column.user"], Parts.Foreign(decision.User)),
        (texts["column.door"], Html.Of($"{decision.Door}")),
        (texts["column.method"], Parts.Foreign(decision.Method)),
        (texts["column.time"], Parts.Time(decision.At)),
        (texts["column.size"], Html.Of($"{texts.Size(decision.Bytes)}")),
        (texts["column.took"], Html.Of($"{texts.Time(decision.Total)}")),
        (texts["column.fetch"], Html.Of($"{texts.Time(decision.Fetch)}")),
        (texts["column.scan"], Html.Of($"{texts.Time(decision.Scan)}")),
        (texts["column.request"], Parts.Foreign(decision.RequestId)),
    ]);

    private static Html Content(string? sha256) => sha256 is null ? Html.Of($"–") : Html.Of(
        $"""<a class="hash" href="{DashboardPaths.OfContent(sha256)}">{sha256}</a>""");
}
