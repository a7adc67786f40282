using ClamProxy.Core.Fetching;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Scanning;
using ClamProxy.Dashboard.Languages;
using ClamProxy.Management;

namespace ClamProxy.Dashboard.Pages;

/// <summary>The parts of pages that are brought up to date while they are open, by name.</summary>
internal sealed class LiveRegions(
    Func<ReadinessReport> readiness,
    ContentGate gate,
    ContentScanner scanner,
    RecentDecisions decisions,
    RoomRegion room,
    ChartRegion charts,
    ScannerRegion scanners,
    IServiceProvider services)
{
    /// <summary>The newest decisions on the first page.</summary>
    private const int Latest = 10;

    /// <summary>As many are shown; how many more there are is said.</summary>
    private const int MostWork = 100;

    private readonly JobsUnderWay? _jobs = services.GetService<JobsUnderWay>();

    public IReadOnlyDictionary<string, Html> Render(Texts texts) => new Dictionary<string, Html>
    {
        ["state"] = State(texts),
        ["flights"] = WorkRegion.Of(texts, gate.UnderWay, MostWork, texts["now.noflights"], isDownload: true),
        ["scans"] = WorkRegion.Of(texts, scanner.UnderWay, MostWork, texts["now.noscans"], isDownload: false),
        ["jobs"] = Jobs(texts),
        ["latest"] = DecisionTable.Of(texts, texts["now.latest"], decisions.Newest(Latest), texts["verdicts.none"]),
        ["room"] = room.Of(texts),
        ["charts"] = charts.Of(texts),
        ["scanners"] = scanners.Of(texts),
    };

    private Html State(Texts texts)
    {
        var problem = readiness().Problem;
        return problem is null
            ? Html.Of($"""<p class="state good">{texts["state.ready"]}</p>""")
            : Html.Of($"""<p class="state bad"><strong>{texts["state.notready"]}</strong> <bdi lang="en">{problem}</bdi></p>""");
    }

    private Html Jobs(Texts texts)
    {
        if (_jobs is null)
        {
            return Html.Of($"""<p class="empty">{texts["jobs.none"]}</p>""");
        }

        var waiting = _jobs.Waiting;
        var queues = waiting.Select(queue => (
            queue.Priority is { } priority ? texts.Word("priority", $"{priority}".ToLowerInvariant()) : texts["jobs.waiting"],
            Html.Of($"{texts.Number(queue.Jobs)}")));
        return Html.Of($"""
            {(waiting.Count == 0 ? Html.Of($"""<p class="empty">{texts["jobs.noqueue"]}</p>""") : Parts.Facts(queues))}
            {WorkRegion.Of(texts, _jobs.Taken, MostWork, texts["jobs.notaken"], isDownload: false)}
            """);
    }
}
