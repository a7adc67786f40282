using ClamProxy.Configuration;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Scanning;
using ClamProxy.Doors.Api;

namespace ClamProxy.Scans;

/// <summary>Has everything that was named go through its flow, so many objects at once, and tells each as soon as it is known.</summary>
internal sealed class BucketRun(BucketScans scans, TextWriter error, TimeProvider time)
{
    private readonly ScanTally _tally = new();

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(BucketArguments arguments, IScanReport report, CancellationToken interrupted)
    {
        await report.RunAsync(
            ended => arguments.IsSweep ? scans.ListAsync(arguments.Bucket, arguments.Key, ended).ToBlockingEnumerable(ended).Count() : 1,
            tell => RunAllAsync(arguments, tell, interrupted));
        if (interrupted.IsCancellationRequested)
        {
            await error.WriteLineAsync("interrupted: what is not told here stays where it was");
        }

        return _tally.ExitCode(interrupted.IsCancellationRequested);
    }

    private async Task RunAllAsync(BucketArguments arguments, Action<ScannedContent> tell, CancellationToken interrupted)
    {
        await scans.PrepareAsync(arguments.Bucket, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!arguments.IsSweep)
        {
            Tell(await RunAsync(arguments, arguments.Key, interrupted));
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = arguments.Concurrency, CancellationToken = interrupted };
        try
        {
            await Parallel.ForEachAsync(
                scans.ListAsync(arguments.Bucket, arguments.Key, interrupted),
                options,
                async (key, _) => Tell(await RunAsync(arguments, key, interrupted)));
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // What was done until then is told.
        }
        catch (IOException e)
        {
            Tell(ScannedContent.Failed(new ScanTarget.Stored(arguments.Bucket, arguments.Key), e.Message));
        }

        void Tell(ScannedContent content)
        {
            _tally.Add(content);
            tell(content);
        }
    }

    private async Task<ScannedContent> RunAsync(BucketArguments arguments, string key, CancellationToken interrupted)
    {
        var target = new ScanTarget.Stored(arguments.Bucket, key);
        using var limit = new CancellationTokenSource(arguments.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, limit.Token);
        try
        {
            return await scans.RunAsync(arguments.Bucket, key, either.Token) switch
            {
                FlowResult.Done { Decision: var decision, Size: var size } => ScannedContent.Of(
                    target,
                    ScanVerdictAnswer.Of(
                        decision.Verdict, size, decision.Origin == VerdictOrigin.Known, decision is ScanDecision.Released),
                    decision.Verdict.Detail),
                FlowResult.Unneeded { Why: var why } => ScannedContent.Failed(target, $"Nothing was done: {why}."),
                FlowResult.Later { Failure: var failure } => ScannedContent.Failed(target, failure.DetailAndCause),
                _ => throw new InvalidOperationException("a result of a kind that nobody knows"),
            };
        }
        catch (OperationCanceledException)
        {
            return ScannedContent.Failed(
                target,
                interrupted.IsCancellationRequested
                    ? "It was interrupted."
                    : $"It was not done within {DurationText.Format(arguments.Timeout)} (--timeout).");
        }
    }
}
