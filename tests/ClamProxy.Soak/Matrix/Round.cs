using System.Collections.Concurrent;
using System.Diagnostics;
using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>One component fails in one way while all modes are asked for at once; then it works again, and all is looked over.</summary>
/// <remarks>The modes share the fault, not their files: none can help or harm another one.</remarks>
internal sealed class Round(World world, Component component, FaultKind kind, Fault fault, int size)
{
    /// <summary>
    /// The longest that any answer may take: two downloads, or all attempts of a scan, at the times of <see cref="WorldSettings.Quick"/>.
    /// </summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan HalfwayLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TrickleLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SignLimit = TimeSpan.FromSeconds(5);

    private readonly Cast _cast = new(world, size);
    private readonly ConcurrentQueue<(Mode? Mode, string Text)> _problems = [];
    private readonly ConcurrentQueue<(Mode Mode, Answer Answer)> _answers = [];
    private readonly TaskCompletionSource _trickles = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<RoundResult> RunAsync()
    {
        await WarmAsync();
        var before = await CountsAsync();
        await MeetFaultAsync(before);
        var (recovery, leaks) = await AfterFault.RecoverAsync(world, Problem);
        var untrue = await AfterFault.CountUntrueAsync(world, _cast, Problem);
        return new RoundResult(component, kind, [.. _answers], [.. _problems], leaks, untrue, recovery);
    }

    private void Problem(string text) => _problems.Enqueue((null, text));

    private async Task WarmAsync()
    {
        var answers = await Task.WhenAll(
            _cast.FilesOf(Mode.Hit).Select(file => world.Plain.Clients.AskTillSettledAsync(file, Deadline))
                .Concat(_cast.FilesOf(Mode.Store).Select(file => world.Storing.Clients.AskTillSettledAsync(file, Deadline)))
                .Concat(_cast.Stored.Select(document => AfterFault.AskAsync(world.Storing, document, new(), Deadline))));
        foreach (var answer in answers.Where(answer => answer.Kind != AnswerKind.Right))
        {
            Problem($"before the fault: {answer}");
        }

        _cast.Change();
    }

    private async Task MeetFaultAsync(Metrics? before)
    {
        world.Origin.Hold(fault.IsMidway ? _cast.Downloaded : _cast.FilesOf(Mode.Patience).Select(file => file.Path));
        try
        {
            if (!fault.IsMidway)
            {
                await fault.Begin(world);
            }

            var asking = Task.WhenAll(Enum.GetValues<Mode>().Select(AskAsync));
            var halfway = _cast.Downloaded.Count;
            await Task.WhenAny(_trickles.Task, Task.Delay(TrickleLimit), asking);
            if (fault.IsMidway)
            {
                await PollAsync(() => Task.FromResult(world.Origin.Halfway >= halfway || asking.IsCompleted), HalfwayLimit);
                await fault.Begin(world);
            }

            world.Origin.ReleaseAll();
            await (fault.EndsAfter is { } after ? Task.Delay(after) : asking);
            await LookForSignAsync(before);
            await fault.End(world);
            await asking;
        }
        finally
        {
            world.Origin.ReleaseAll();
        }
    }

    private async Task LookForSignAsync(Metrics? before)
    {
        if (fault.Sign is { } sign
            && !await PollAsync(async () => await CountsAsync() is { } now && before is not null && sign(before, now), SignLimit))
        {
            Problem("the metrics did not say so");
        }
    }

    private Task AskAsync(Mode mode) => mode switch
    {
        Mode.Fresh or Mode.Unchanged or Mode.Changed or Mode.Coded => Task.WhenAll(
            from document in _cast.DocumentsOf(mode)
            from ask in AsksOf(mode)
            select OneAsync(mode, () => AfterFault.AskAsync(world.Storing, document, ask, Deadline))),
        Mode.Upload => Task.WhenAll(
            _cast.Uploads.Select(
                upload => OneAsync(mode, () => world.Storing.Uploads.SendAsync(upload, world.Origin.Uploads, Deadline)))),
        Mode.Miss or Mode.Hit or Mode.SharedFlight or Mode.Patience or Mode.Store or Mode.Range => AskForFilesAsync(mode),
    };

    private static DocumentAsk[] AsksOf(Mode mode) => mode switch
    {
        Mode.Fresh => [new() { Codings = "gzip" }, new() { Codings = "gzip", Range = (1000, 1999), IsStranger = true }],
        Mode.Coded => [new(), new() { Codings = "br, zstd" }],
        _ => [new() { Codings = "gzip, br" }],
    };

    private Task AskForFilesAsync(Mode mode)
    {
        var clients = mode is Mode.Store ? world.Storing.Clients : world.Plain.Clients;
        return Task.WhenAll(_cast.FilesOf(mode).SelectMany(file => mode switch
        {
            Mode.SharedFlight => [.. Enumerable.Range(0, 5).Select(i => FileAsync(mode, file, i < 3 ? clients : world.Storing.Clients))],
            Mode.Patience => [FileAsync(mode, file, clients, began: () => _trickles.TrySetResult())],
            Mode.Range => [FileAsync(mode, file, clients, (size / 2, size - 1))],
            _ => new[] { FileAsync(mode, file, clients) },
        }));
    }

    private Task FileAsync(Mode mode, TestFile file, Asker clients, (int From, int To)? range = null, Action? began = null) =>
        OneAsync(mode, () => clients.AskAsync(file, Deadline, range, began: began));

    private async Task OneAsync(Mode mode, Func<Task<Answer>> ask)
    {
        var answer = await ask();
        _answers.Enqueue((mode, answer));
        if (!answer.IsAllowed)
        {
            _problems.Enqueue((mode, answer.ToString()));
        }
        else if (fault.MustBeRight(mode) && answer.Kind != AnswerKind.Right && !answer.IsBrokenOffForGood)
        {
            _problems.Enqueue((mode, $"must be right: {answer}"));
        }
    }

    /// <summary>The counts of both processes together.</summary>
    private async Task<Metrics?> CountsAsync()
    {
        using var limit = new CancellationTokenSource(SignLimit);
        var all = await Task.WhenAll(world.Proxies.Select(proxy => proxy.MetricsAsync(limit.Token)));
        return all is [{ } plain, { } storing] ? plain.And(storing) : null;
    }

    private static async Task<bool> PollAsync(Func<Task<bool>> isSo, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(20);
        }

        return true;
    }
}
