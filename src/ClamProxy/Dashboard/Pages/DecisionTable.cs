using ClamProxy.Core.Overview;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>Decisions, one a row.</summary>
internal static class DecisionTable
{
    public static Html Of(Texts texts, string caption, IReadOnlyList<Decision> decisions, string empty) => Parts.Table(
        caption,
        [
            texts["column.time"], texts["column.verdict"], texts["column.finding"], texts["column.url"], texts["column.client"],
            texts["column.door"], texts["column.outcome"], texts["column.size"], texts["column.took"], texts["column.content"],
            texts["column.request"],
        ],
        [.. decisions.Select(decision => Row(texts, decision))],
        empty);

    private static Html[] Row(Texts texts, Decision decision) =>
    [
        Parts.Time(decision.At),
        Parts.Verdict(texts, decision.Verdict),
        Parts.Said(decision.Finding),
        Parts.Foreign(decision.Url),
        Html.Of($"{Parts.Foreign(decision.Client)}{(decision.User is null ? Html.None : Html.Of($" ({Parts.Foreign(decision.User)})"))}"),
        Html.Of($"{decision.Door}"),
        Html.Of($"{(decision.Status > 0 ? $"{decision.Status} " : "")}{Parts.Outcome(texts, decision)}"),
        Html.Of($"{texts.Size(decision.Bytes)}"),
        Html.Of($"{texts.Time(decision.Total)}"),
        Parts.Content(decision.Sha256),
        Parts.Request(decision.RequestId),
    ];
}
