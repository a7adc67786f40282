using System.Diagnostics;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// One step that one part is killed at: three uploads, of which the first that reaches the step waits there until the part is dead; then
/// the part is started again. What was accepted has to end right.
/// </summary>
internal sealed class JobCell(JobWorld world, int number, JobStep step, JobPart part, JobDeath death)
{
    private const int Size = 64 << 10;
    private const int Files = 3;
    private const int MostOfCanaries = 4096;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(2);

    /// <summary>Longer than a call may take.</summary>
    private static readonly TimeSpan s_moments = TimeSpan.FromSeconds(4);

    private readonly List<JsonElement> _ends = [];

    public string Name => death switch
    {
        JobDeath.Killed => step.Name,
        JobDeath.AnswerLost => $"{step.Name}, answer lost",
        JobDeath.CutOff => $"{step.Name}, cut off",
        JobDeath.Frozen => $"{step.Name}, frozen",
        JobDeath.Stopped => $"{step.Name}, stopped",
    };

    public JobPart Part => part;

    /// <summary>What the files of this cell are called, so that what is left over says whose it is.</summary>
    public string Mark => $"cell{number:000}";

    /// <summary>The jobs that were accepted, and are not deleted.</summary>
    public Dictionary<string, JobFile> Accepted { get; } = [];

    public List<string> Problems { get; } = [];

    public int AcceptedCount { get; private set; }

    public int Lost { get; private set; }

    public async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await (JobStep.Deleting.Contains(step) ? DeleteAsync(limit.Token) : UploadAsync(limit.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException or InvalidDataException)
        {
            var at = e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(nameof(Jobs), StringComparison.Ordinal));
            Problems.Add($"{e.Message} {at}");
            world.ClamdNetwork.Mode = RelayMode.Pass;
        }
    }

    private StepHold Hold() => world.Steps.Hold(death == JobDeath.AnswerLost ? step with { IsBefore = true } : step);

    private async Task UploadAsync(CancellationToken limit)
    {
        var hold = Hold();
        int SizeOf(int number) => number == 2 ? world.Objects.LargeSize : Size;
        JobFile[] files =
            [.. Enumerable.Range(0, Files).Select(i => JobFile.Make($"{Mark}-{i}.bin", SizeOf(i), isInfected: i == 1))];
        var uploads = files.Select(file => world.Client.UploadAsync(file, limit)).ToList();
        await MeetDeathAsync(hold, limit);
        foreach (var (file, upload) in files.Zip(uploads))
        {
            Accepted.Add(await upload, file);
            AcceptedCount++;
        }

        foreach (var (id, file) in Accepted)
        {
            await EndAsync(id, file, limit);
        }
    }

    private async Task EndAsync(string id, JobFile file, CancellationToken limit)
    {
        JsonElement? end = null;
        try
        {
            end = await world.Client.EndAsync(id, limit);
        }
        catch (OperationCanceledException)
        {
            // Lost: it is still pending.
        }

        if (end is not { } result || JobClient.Text(result, "status") != file.Status)
        {
            Lost++;
            Problems.Add($"{id} {file.Name} has to be {file.Status}: {end?.GetRawText() ?? "no result"}");
            return;
        }

        _ends.Add(result);
    }

    private async Task DeleteAsync(CancellationToken limit)
    {
        var file = JobFile.Make($"{Mark}-0.bin", Size, isInfected: false);
        var id = await world.Client.UploadAsync(file, limit);
        AcceptedCount = 1;
        await EndAsync(id, file, limit);
        await UntilAsync(
            () => world.Steps.Calls.Any(call => call is { Call: "IJobQueue.CompleteAsync", IsBefore: false } && call.Id == id), limit);
        var hold = Hold();
        var deleted = world.Client.DeleteAsync(id, limit);
        await MeetDeathAsync(hold, limit);
        await deleted;
        if (await world.Client.EndAsync(id, limit) is not null)
        {
            Problems.Add($"{id} is still known after its deletion");
            Lost++;
        }

        _ends.Clear();
    }

    /// <summary>Has the part fail while the call waits, has it go on if its process still lives, and gets the part back.</summary>
    private async Task MeetDeathAsync(StepHold hold, CancellationToken limit)
    {
        var held = await hold.Reached.WaitAsync(limit);
        if (death == JobDeath.Stopped)
        {
            await world.StopWorkerAsync(() => world.Client.EndAsync(held.Id, limit));
            hold.Release();
            return;
        }

        if (step == JobStep.Scanning)
        {
            world.ClamdNetwork.Mode = RelayMode.Hang;
            hold.Release();
            await UntilAsync(() => world.ClamdNetwork.HeldBytes > MostOfCanaries, limit, s_moment);
        }

        if (step.IsWithin)
        {
            var reached = world.Objects.HangWithin(step);
            hold.Release();
            await reached.WaitAsync(limit);
        }

        var before = world.Steps.Calls.Count;
        var server = world.ServerOf(part);
        if (death == JobDeath.AnswerLost)
        {
            var answers = server!.LoseAnswersTo(step.Actor);
            hold.Release();
            await answers.First.WaitAsync(limit);
            await server.FailAsync(death);
            answers.Stop();
        }
        else
        {
            await (server?.FailAsync(death) ?? world.KillAsync(part));
            hold.Release();
        }

        world.ClamdNetwork.Mode = RelayMode.Pass;
        if (server is not null)
        {
            // Whoever was held has to meet the server that fails before it is there again.
            await UntilAsync(
                () => world.Steps.Calls.Skip(before).Any(call => call.Role == step.Actor && call.IsBefore), limit, s_moments);
            await server.RecoverAsync();
            return;
        }

        await (step.IsWithin ? world.Objects.RecoverAsync() : Task.CompletedTask);
        await world.StartAgainAsync(part);
    }

    /// <summary>Compares what is told at the end with what was told when each job ended.</summary>
    public int Doubles(IReadOnlyList<JsonElement> all)
    {
        var doubles = 0;
        foreach (var end in _ends)
        {
            var id = JobClient.Text(end, "id");
            var now = all.Where(result => JobClient.Text(result, "id") == id).ToList();
            var recorded = world.Steps.Calls.Count(
                call => call is { Call: "IResultStore.FinishKnownAsync" or "IResultStore.FinishAsync", Result: "true" } && call.Id == id);
            if (now is not [var one] || one.GetRawText() != end.GetRawText() || recorded > 1)
            {
                doubles++;
                Problems.Add($"{id}: recorded {recorded} times, listed {now.Count} times: {string.Join(' ', now)}; first {end}");
            }
        }

        return doubles;
    }

    private static async Task UntilAsync(Func<bool> isSo, CancellationToken limit, TimeSpan? atMost = null)
    {
        for (var clock = Stopwatch.StartNew(); !isSo() && !(clock.Elapsed > atMost);)
        {
            await Task.Delay(10, limit);
        }
    }
}
