using ClamProxy.Core.Clamd;

namespace ClamProxy.Admin.Scanners;

/// <summary>The scanners: how they are, which get no work, and whether they still find what they must.</summary>
/// <param name="clock">The clock.</param>
/// <param name="pool">Null: workers in other processes scan.</param>
internal sealed class ScannerOperations(TimeProvider clock, ClamdPool? pool = null)
{
    private const string ByWorkers = "Workers in other processes scan (SCAN_BY=workers): ask their management ports.";
    private const string Sample = """{"scanner": "tcp://clamd:3310"}""";

    private static readonly Dictionary<int, string> Problems = new()
    {
        [404] = "There is no such scanner.",
        [409] = "It is the last one that works (force), or workers in other processes scan.",
    };

    public IEnumerable<AdminOperation> All() =>
    [
        new(
            "listScanners", "GET", "/scanners", "The scanners: state, work, signatures, last test and limits",
            AdminJson.Default.ScannerListAnswer, (_, _) => Task.FromResult(List())),
        new(
            "drainScanner", "POST", "/scanners/drain",
            "Let a scanner have no new scans; those under way end. It works again after a restart of ClamProxy",
            AdminJson.Default.ScannerListAnswer, DrainAsync)
        {
            Body = AdminJson.Default.ScannerBody,
            Sample = """{"scanner": "tcp://clamd:3310", "force": false}""",
            Problems = Problems,
        },
        new(
            "resumeScanner", "POST", "/scanners/resume", "Let a drained scanner have scans again",
            AdminJson.Default.ScannerListAnswer, ResumeAsync)
        {
            Body = AdminJson.Default.ScannerBody,
            Sample = Sample,
            Problems = Problems,
        },
        new(
            "testScanner", "POST", "/scanners/canary", "Test one scanner, or all, by the canaries now",
            AdminJson.Default.ScannerListAnswer, TestAsync)
        {
            Body = AdminJson.Default.ScannerBody,
            Sample = Sample,
            Problems = Problems,
        },
    ];

    private Task<AdminAnswer> DrainAsync(AdminRequest request, CancellationToken cancelled) =>
        Task.FromResult(Change(request, (scanners, name, body) => scanners.Drain(name, body.Force)));

    private Task<AdminAnswer> ResumeAsync(AdminRequest request, CancellationToken cancelled) =>
        Task.FromResult(Change(request, (scanners, name, _) => scanners.Resume(name)));

    private async Task<AdminAnswer> TestAsync(AdminRequest request, CancellationToken cancelled)
    {
        var name = ((ScannerBody)request.Body!).Scanner;
        request.Target = name ?? "all";
        if (pool is null)
        {
            return AdminAnswer.Conflict(ByWorkers);
        }

        var results = await pool.TestAsync(name, cancelled);
        if (results.Count == 0)
        {
            return NoSuch();
        }

        var answer = new ScannerListAnswer(
            [
                .. pool.Scanners.Where(state => results.ContainsKey(state.Endpoint)).Select(
                    state => ScannerAnswer.Of(state, clock.GetUtcNow()) with { LastCanary = CanaryAnswer.Of(results[state.Endpoint]) }),
            ],
            pool.WaitingScans);
        return AdminAnswer.Of(answer, AdminJson.Default.ScannerListAnswer);
    }

    private AdminAnswer Change(AdminRequest request, Func<ClamdPool, string, ScannerBody, DrainOutcome> change)
    {
        var body = (ScannerBody)request.Body!;
        if (body.Scanner is not { Length: > 0 } name)
        {
            return AdminAnswer.Wrong($"scanner is needed, as the list of scanners names it. A right body looks like {Sample}");
        }

        request.Target = name;
        return pool is null ? AdminAnswer.Conflict(ByWorkers) : change(pool, name, body) switch
        {
            DrainOutcome.Done => List(),
            DrainOutcome.IsLast => AdminAnswer.Conflict(
                "No other scanner could work then, and every file would be refused. \"force\": true drains it all the same."),
            DrainOutcome.NotFound => NoSuch(),
        };
    }

    private AdminAnswer NoSuch() => AdminAnswer.NotFound(
        $"There is no such scanner. There are: {string.Join(", ", pool!.Scanners.Select(state => state.Endpoint))}.");

    private AdminAnswer List() => AdminAnswer.Of(
        new ScannerListAnswer(
            [.. (pool?.Scanners ?? []).Select(state => ScannerAnswer.Of(state, clock.GetUtcNow()))],
            pool?.WaitingScans ?? 0),
        AdminJson.Default.ScannerListAnswer);
}
