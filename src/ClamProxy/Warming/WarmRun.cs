using System.Collections.Concurrent;
using ClamProxy.Commands;
using ClamProxy.Warming.Lists;
using ClamProxy.Warming.Python;

namespace ClamProxy.Warming;

/// <summary>
/// One warming: 1 read the list, 2 ask the indexes where its requirements are, 3 ask for every file, 4 tell. The list is read whole before
/// anything is asked for, so that a mistake in its last line costs nothing.
/// </summary>
internal sealed class WarmRun(TextWriter output, TextWriter progress, bool isTerminal, TimeProvider time)
{
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(WarmArguments arguments, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            var entries = await new ListReader(time).ReadAsync(arguments.File, cancellationToken);
            var results = await AskAsync(arguments, entries, cancellationToken);
            WarmTable.Write(output, results, time.GetElapsedTime(began));
            return ExitCode(results);
        }
        catch (UnreadableListException unreadable)
        {
            await progress.WriteLineAsync(unreadable.Message);
            return CommandExit.Usage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await progress.WriteLineAsync("interrupted before the list was read");
            return CommandExit.Failed;
        }
    }

    private async Task<IReadOnlyList<WarmResult>> AskAsync(
        WarmArguments arguments, IReadOnlyList<WarmEntry> entries, CancellationToken cancellationToken)
    {
        using var client = new ProxyClient(arguments.Via, arguments.Timeout, time);
        var (index, fetch) = (new PythonIndex(client), new FileFetch(client));
        var found = await EachAsync(entries, arguments.Concurrency, entry => FindAsync(index, entry, cancellationToken));
        var files = await new NuGetIndex(client).PlaceAsync(
            [.. found.SelectMany(one => one.Files).Distinct(WarmEntryComparer.Instance).Cast<WarmFile>()], cancellationToken);

        var bar = new WarmProgress(progress, isTerminal, files.Count);
        var fetched = await EachAsync(files, arguments.Concurrency, async file =>
        {
            var result = cancellationToken.IsCancellationRequested
                ? WarmResult.Interrupted(file.Name)
                : await fetch.RunAsync(file, cancellationToken);
            bar.Report(result);
            return result;
        });
        bar.End();
        return [.. fetched, .. found.Select(one => one.Problem).OfType<WarmResult>()];
    }

    private static async Task<(IReadOnlyList<WarmFile> Files, WarmResult? Problem)> FindAsync(
        PythonIndex index, WarmEntry entry, CancellationToken cancellationToken) =>
        entry switch
        {
            WarmFile file => ([file], null),
            UnsupportedEntry unaskable => ([], WarmResult.Failed(unaskable.Name, "not scanned", unaskable.Why)),
            PythonRequirement requirement when cancellationToken.IsCancellationRequested => ([], WarmResult.Interrupted(requirement.Name)),
            PythonRequirement requirement => await index.ResolveAsync(requirement, cancellationToken),
            _ => throw new InvalidOperationException($"an entry of a kind that nobody asks for: {entry.GetType().Name}"),
        };

    private static int ExitCode(IEnumerable<WarmResult> results) => results.Select(result => result.Outcome).Distinct().ToHashSet() switch
    {
        var outcomes when outcomes.Contains(WarmOutcome.Refused) => CommandExit.Refused,
        var outcomes when outcomes.Contains(WarmOutcome.Failed) || outcomes.Contains(WarmOutcome.None) => CommandExit.Failed,
        _ => CommandExit.Clean,
    };

    /// <summary>Does the same for each, so many at once, and keeps the order.</summary>
    private static async Task<IReadOnlyList<TResult>> EachAsync<T, TResult>(IReadOnlyList<T> list, int atOnce, Func<T, Task<TResult>> run)
    {
        var results = new ConcurrentDictionary<int, TResult>();
        await Parallel.ForAsync(
            0, list.Count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (at, _) => results[at] = await run(list[at]));
        return [.. Enumerable.Range(0, list.Count).Select(at => results[at])];
    }
}
