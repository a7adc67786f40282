using ClamProxy.Core.Overview;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>What was not delivered, and what turned out infected after it had been.</summary>
internal sealed class DetectionsPage(RecentDecisions decisions, RecentDetections detections)
{
    private const int Most = 200;

    public Html Of(Texts texts) => PageLayout.Of(texts, DashboardPaths.Detections, texts["detections.title"], Html.Of($"""
        <section aria-labelledby="late"><h2 id="late">{texts["detections.late"]}</h2>
        {Late(texts)}</section>
        <section aria-labelledby="refused"><h2 id="refused">{texts["detections.refused"]}</h2>
        {DecisionTable.Of(texts, texts["detections.refused"], decisions.NewestNotable(Most), texts["detections.none"])}</section>
        """));

    private Html Late(Texts texts) => Parts.Table(
        texts["detections.late"],
        [texts["column.time"], texts["column.finding"], texts["column.content"], texts["column.clients"], texts["column.since"]],
        [
            .. detections.All.Select(detection => (IReadOnlyList<Html>)
            [
                Parts.Time(detection.At),
                Parts.Said(detection.Signature),
                Parts.Content(detection.Sha256),
                Html.Of($"{texts.Number(detection.Clients)}"),
                Parts.Time(detection.Since),
            ]),
        ],
        texts["detections.nolate"]);
}
