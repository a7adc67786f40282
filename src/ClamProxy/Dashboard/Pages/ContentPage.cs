using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Verdicts;
using ClamProxy.Dashboard.Languages;
using ClamProxy.Recalling;

namespace ClamProxy.Dashboard.Pages;

/// <summary>What is known of one content, and who took it.</summary>
internal sealed class ContentPage(
    IVerdictStore verdicts, RecentDecisions decisions, DeliveryRecord record, ILogger<ContentPage> logger)
{
    private const int MostTakers = 200;
    private const int MostDecisions = 50;

    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    public async Task<Html> OfAsync(Texts texts, string sha256, CancellationToken cancelled)
    {
        var known = await verdicts.FindContentAsync(ContentKey.For(sha256), cancelled);
        var latest = decisions.Find(decision => decision.Sha256 == sha256, MostDecisions);
        var takers = await TakersAsync(texts, sha256, cancelled);
        return PageLayout.Of(texts, DashboardPaths.Verdicts, texts["content.title"], Html.Of($"""
            <p><code>{sha256}</code></p>
            <section aria-labelledby="known"><h2 id="known">{texts["content.known"]}</h2>
            {(known is null ? Html.Of($"""<p class="empty">{texts["content.unknown"]}</p>""") : Facts(texts, known))}</section>
            <section aria-labelledby="takers"><h2 id="takers">{texts["content.takers"]}</h2>
            {takers}</section>
            <section aria-labelledby="latest"><h2 id="latest">{texts["content.requests"]}</h2>
            {DecisionTable.Of(texts, texts["content.requests"], latest, texts["verdicts.none"])}</section>
            """));
    }

    private static Html Facts(Texts texts, ContentRecord known) => Parts.Facts([
        (texts["column.verdict"], Parts.Verdict(texts, known.Verdict)),
        (texts["column.finding"], Parts.Said(known.Signature ?? known.Reason.Name())),
        (texts["column.detail"], Parts.Said(known.Detail)),
        (texts["column.scanned"], Parts.Time(known.ScannedAt)),
        (texts["column.engine"], Html.Of($"{known.Engine ?? "–"}")),
        (texts["column.signatures"], Html.Of($"{(known.Database is { } database ? $"{database}" : "–")}")),
    ]);

    private async Task<Html> TakersAsync(Texts texts, string sha256, CancellationToken cancelled)
    {
        if (!record.IsOn)
        {
            return Html.Of($"""<p class="empty">{texts["content.norecord"]}</p>""");
        }

        Takers takers;
        try
        {
            takers = await record.FindAsync(sha256, cancelled);
            logger.Recalled(sha256, takers.Rows);
        }
        catch (IOException)
        {
            return Html.Of($"""<p class="bad">{texts["content.recordfails"]}</p>""");
        }

        var late = takers.Signature is { } signature
            ? Html.Of($"""
                <p class="bad">{texts["content.late"]} {Parts.Said(signature)}
                {(takers.DetectedAt is { } at ? Parts.Time(at) : Html.None)}</p>
                """)
            : Html.None;
        return Html.Of($"""
            {late}
            <p>{texts.With("content.counts", texts.Number(takers.Clients), texts.Number(takers.Rows))}</p>
            {Table(texts, takers)}
            """);
    }

    private static Html Table(Texts texts, Takers takers) => Parts.Table(
        texts["content.takers"],
        [
            texts["column.client"], texts["column.user"], texts["column.url"], texts["column.door"], texts["column.verdict"],
            texts["column.first"], texts["column.last"], texts["column.times"], texts["column.size"], texts["column.request"],
        ],
        [
            .. takers.Some.Take(MostTakers).Select(taker => (IReadOnlyList<Html>)
            [
                Parts.Foreign(taker.Client),
                Parts.Foreign(taker.User),
                Parts.Foreign(taker.Url),
                Html.Of($"{taker.Door}"),
                Parts.Verdict(texts, taker.Verdict),
                Parts.Time(taker.First),
                Parts.Time(taker.Last),
                Html.Of($"{texts.Number(taker.Times)}"),
                Html.Of($"{texts.Size(taker.Bytes)}"),
                Parts.Request(taker.RequestId),
            ]),
        ],
        texts["content.nobody"]);
}
