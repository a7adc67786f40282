using ClamProxy.Dashboard.Languages;
using ClamProxy.Dashboard.Live;

namespace ClamProxy.Dashboard.Pages;

/// <summary>The last hour.</summary>
internal sealed class ChartRegion(Samples samples)
{
    public Html Of(Texts texts)
    {
        var all = samples.All;
        return Html.Of($"""
            <div class="charts">{Charts(texts).Select(
                chart => chart.Draw(all, texts["chart.last"], texts["chart.most"], texts["chart.none"]))}</div>
            """);
    }

    private static Chart[] Charts(Texts texts) =>
    [
        new(texts["chart.requests"], value => texts.With("unit.persecond", texts.Number(value, 1)), [("", sample => sample.Requests)]),
        new(texts["chart.refusals"], value => texts.Number(value), [
            (texts["chart.refused"], sample => sample.Refused),
            (texts["chart.failed"], sample => sample.Failed)]),
        new(texts["chart.latency"], value => texts.Time(TimeSpan.FromMilliseconds(value)), [
            ("50 %", sample => sample.Median), ("95 %", sample => sample.Slow), ("99 %", sample => sample.Slowest)]),
        new(texts["chart.hits"], value => texts.With("unit.percent", texts.Number(value)), [("", sample => sample.Hits)]),
        new(texts["chart.bytes"], value => texts.With("unit.persecond", texts.Size(value)), [("", sample => sample.Bytes)]),
        new(texts["chart.scans"], value => texts.Number(value), [
            (texts["chart.active"], sample => sample.Scans),
            (texts["chart.waiting"], sample => sample.Waiting)]),
        new(texts["chart.spool"], value => texts.Size(value), [("", sample => sample.Spool)]),
        new(texts["chart.store"], value => texts.Size(value), [("", sample => sample.Store)]),
    ];
}
