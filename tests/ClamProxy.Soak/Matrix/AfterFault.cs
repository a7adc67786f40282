using System.Diagnostics;
using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>What has to hold when the bad day is over.</summary>
internal static class AfterFault
{
    private const int LastLines = 40;
    private const string Usual = "ContentGate[";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);
    private static readonly string[] MustBeZero =
    [
        "clamproxy_gate_flights", "clamproxy_gate_waiters", "clamproxy_spool_disk_usage_bytes", "clamproxy_spool_memory_usage_bytes",
        "clamproxy_clamd_scans_active", "clamproxy_clamd_scans_waiting", "clamproxy_leases_held", "clamproxy_verdicts_breaker_open",
    ];

    /// <summary>Waits until both processes are well and nothing is left of the fault.</summary>
    /// <returns>How long it took, and how many things were left behind.</returns>
    public static async Task<(TimeSpan Recovery, int Leaks)> RecoverAsync(World world, Action<string> problem)
    {
        foreach (var proxy in world.Proxies.Where(proxy => proxy.Process.HasExited))
        {
            problem($"the process has ended:\n{proxy.Process.Log}");
            await proxy.StartAgainAsync();
        }

        var clock = Stopwatch.StartNew();
        string? wrong;
        while ((wrong = await WhatIsWrongAsync(world)) is not null && clock.Elapsed < Bound)
        {
            await Task.WhenAll(world.Scanners.Select(scanner => scanner.ReviveAsync()));
            await Task.Delay(50);
        }

        if (wrong is not null)
        {
            problem($"not well {Bound.TotalSeconds} s after the fault: {wrong}");
            foreach (var scanner in world.Scanners)
            {
                problem(await scanner.DescribeAsync());
            }

            foreach (var proxy in world.Proxies)
            {
                problem((await proxy.MetricsAsync(CancellationToken.None))?.OfScanners() ?? "no metrics");
                using var readiness = await proxy.Process.Management.GetAsync(new Uri("/readyz", UriKind.Relative));
                problem(await readiness.Content.ReadAsStringAsync());
                problem(
                    string.Join(
                        '\n',
                        proxy.Process.Log.Split('\n').Where(line => !line.Contains(Usual, StringComparison.Ordinal)).TakeLast(LastLines)));
            }
        }

        var left = Truth.FilesLeft(world);
        foreach (var path in left)
        {
            problem($"left behind: {path}");
        }

        return (clock.Elapsed, left.Count + (wrong is null ? 0 : 1));
    }

    /// <summary>Asks for a document once.</summary>
    public static async Task<Answer> AskAsync(ProxyUnderTest proxy, Document document, DocumentAsk ask, TimeSpan deadline)
    {
        var (reply, verdict) = await proxy.Documents.AskAsync(document, ask, deadline);
        return reply.Judged($"{document.ClientPath} {document.Coding}", verdict.Kind, verdict.IsInfected) with
        {
            Detail = $"{reply.Detail} {ask} {verdict.Version} {verdict.Why}",
        };
    }

    /// <summary>Asks both processes for everything again, uploads something else, and looks into Redis.</summary>
    /// <returns>How many answers or records differ from the truth, and uploads that should not have reached the origin.</returns>
    public static async Task<int> CountUntrueAsync(World world, Cast cast, Action<string> problem)
    {
        var files = await Task.WhenAll(
            from file in cast.Files
            from proxy in world.Proxies
            select AskAgainAsync(() => proxy.Clients.AskTillSettledAsync(file, Bound)));
        var documents = await Task.WhenAll(
            from document in cast.Documents
            from proxy in world.Proxies
            from codings in new[] { null, "gzip, br, zstd" }
            select AskAgainAsync(() => AskTillSettledAsync(proxy, document, new DocumentAsk { Codings = codings })));
        var uploads = await Task.WhenAll(
            from upload in cast.Uploads
            from proxy in world.Proxies
            let other = upload with { File = world.Files.Next(upload.File.IsInfected, upload.File.Size) }
            select proxy.Uploads.SendAsync(other, world.Origin.Uploads, Bound));
        string[] untrue =
        [
            .. files.Concat(documents).Concat(uploads).Where(answer => answer.Kind != AnswerKind.Right)
                .Select(answer => $"asked again: {answer}"),
            .. await Truth.UntrueRecordsAsync(world, cast.Truth()),
            .. world.Origin.Uploads.TakeBreaches(),
        ];
        foreach (var text in untrue)
        {
            problem(text);
        }

        return untrue.Length;
    }

    private static async Task<Answer> AskTillSettledAsync(ProxyUnderTest proxy, Document document, DocumentAsk ask) =>
        await AskAsync(proxy, document, ask, Bound) is { IsBrokenOffForGood: false } settled
            ? settled
            : await AskAsync(proxy, document, ask, Bound);

    /// <summary>
    /// A flight that ended in a scan error is remembered for the client that was trickled to, but not for longer than it lingers.
    /// </summary>
    private static async Task<Answer> AskAgainAsync(Func<Task<Answer>> ask)
    {
        var clock = Stopwatch.StartNew();
        var answer = await ask();
        while (answer is { Kind: AnswerKind.Error, Status: 409 } && clock.Elapsed < WorldSettings.Linger + Slack)
        {
            await Task.Delay(Slack / 4);
            answer = await ask();
        }

        return answer;
    }

    private static async Task<string?> WhatIsWrongAsync(World world)
    {
        using var limit = new CancellationTokenSource(Bound);
        foreach (var proxy in world.Proxies)
        {
            // They come first: without requests nobody tries Redis again, and its breaker stays open.
            var probes = await Task.WhenAll(
                new[] { false, true }.Select(isInfected => proxy.Clients.AskTillSettledAsync(world.Files.Next(isInfected, 3000), Bound)));
            if (probes.FirstOrDefault(probe => probe.Kind != AnswerKind.Right) is { } probe)
            {
                return probe.ToString();
            }

            if (await proxy.MetricsAsync(limit.Token) is not { } metrics || !await proxy.Process.AnswersAsync("/readyz"))
            {
                return "not ready";
            }

            if (metrics.Sum("clamproxy_clamd_scanner_up") < world.Scanners.Count)
            {
                return "a scanner is not up";
            }

            if (MustBeZero.FirstOrDefault(name => metrics.Sum(name) > 0) is { } name)
            {
                return $"{name} is {metrics.Sum(name)}";
            }
        }

        return null;
    }
}
