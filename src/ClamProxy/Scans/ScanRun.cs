using ClamProxy.Configuration;

namespace ClamProxy.Scans;

/// <summary>Scans everything that was named, so many at once, and tells each as soon as it is known.</summary>
internal sealed class ScanRun(IContentScans scans, IScanReport report, TextWriter error, TimeProvider time)
{
    private readonly ScanTally _tally = new();

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ScanArguments arguments, CancellationToken interrupted)
    {
        await report.RunAsync(ended => Count(arguments.Targets, ended), tell => ScanAllAsync(arguments, tell, interrupted));
        if (interrupted.IsCancellationRequested)
        {
            await error.WriteLineAsync("interrupted: what is not told here was not scanned");
        }

        return _tally.ExitCode(interrupted.IsCancellationRequested);
    }

    private static int Count(IEnumerable<string> named, CancellationToken ended)
    {
        var count = 0;
        foreach (var _ in ScanTargets.Find(named))
        {
            ended.ThrowIfCancellationRequested();
            count++;
        }

        return count;
    }

    private async Task ScanAllAsync(ScanArguments arguments, Action<ScannedContent> tell, CancellationToken interrupted)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = arguments.Concurrency, CancellationToken = interrupted };
        try
        {
            await Parallel.ForEachAsync(ScanTargets.Find(arguments.Targets), options, async (target, _) =>
            {
                var content = await ScanAsync(target, arguments.Timeout, interrupted);
                _tally.Add(content);
                tell(content);
            });
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // What was scanned until then is told.
        }
    }

    private async Task<ScannedContent> ScanAsync(ScanTarget target, TimeSpan timeout, CancellationToken interrupted)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, limit.Token);
        try
        {
            return target is ScanTarget.Unreadable { Problem: var problem }
                ? ScannedContent.Failed(target, problem)
                : await scans.ScanAsync(target, either.Token);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return ScannedContent.Failed(target, SettingText.OneLine(refused.Message));
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            return ScannedContent.Failed(target, $"There was no verdict within {DurationText.Format(timeout)} (--timeout).");
        }
    }
}
