using ClamProxy.Core.Clamd;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>The scanners of this process, or the workers that scan for it.</summary>
internal sealed class ScannerRegion(IServiceProvider services, TimeProvider clock)
{
    private readonly ClamdPool? _pool = services.GetService<ClamdPool>();
    private readonly WorkerRoster? _workers = services.GetService<WorkerRoster>();

    public Html Of(Texts texts) => _pool is null ? Workers(texts) : Html.Of($"""
        <p>{texts.With("scanners.waiting", texts.Number(_pool.Waiting))}</p>
        {Parts.Table(
            texts["scanners.title"],
            [
                texts["column.scanner"], texts["column.state"], texts["column.scans"], texts["column.average"], texts["column.engine"],
                texts["column.signatures"], texts["column.tested"], texts["column.limits"],
            ],
            [.. _pool.Scanners.Select(scanner => Row(texts, scanner))],
            texts["scanners.none"])}
        """);

    private Html Workers(Texts texts) => Parts.Table(
        texts["scanners.workers"],
        [texts["column.worker"], texts["column.state"], texts["column.engine"], texts["column.signatures"]],
        [
            .. (_workers?.Workers ?? []).Select(worker => (IReadOnlyList<Html>)
            [
                Parts.Foreign(worker.Name),
                StateOf(texts, worker.MayWork, null),
                Html.Of($"{worker.Engine ?? "–"}"),
                Signatures(texts, worker.Database, worker.DatabaseDate),
            ]),
        ],
        texts["scanners.noworkers"]);

    private Html[] Row(Texts texts, ScannerState scanner) =>
    [
        Html.Of($"<bdi>{scanner.Endpoint}</bdi>"),
        StateOf(texts, scanner.IsTrusted, scanner.Trouble),
        Html.Of($"{texts.Number(scanner.ScansInFlight)}"),
        Html.Of($"{(scanner.Figures.Scans == 0 ? "–" : texts.Time(scanner.Figures.AverageTime))}"),
        Html.Of($"{scanner.Version?.Engine ?? "–"}"),
        Signatures(texts, scanner.Version?.Database, scanner.Version?.DatabaseDate),
        scanner.LastTest is { } test ? Parts.Time(test.At) : Html.Of($"–"),
        scanner.Limits is { } limits
            ? Html.Of($"{texts.With("scanners.upto", texts.Size(limits.TrustedSize))}{(
                limits.TellsEncrypted ? "" : $"; {texts["scanners.encrypted"]}")}")
            : Html.Of($"–"),
    ];

    private static Html StateOf(Texts texts, bool mayWork, string? trouble) => mayWork && trouble is null
        ? Html.Of($"""<span class="verdict clean">{texts["scanners.works"]}</span>""")
        : Html.Of($"""<span class="verdict infected">{texts["scanners.idle"]}</span> <bdi lang="en">{trouble}</bdi>""");

    private Html Signatures(Texts texts, int? database, DateTimeOffset? date) => Html.Of(
        $"{(database is { } number ? $"{number}" : "–")}{(
            date is { } made ? ", " + texts.With("scanners.age", texts.Time(clock.GetUtcNow() - made)) : "")}");
}
