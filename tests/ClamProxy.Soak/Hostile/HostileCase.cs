namespace ClamProxy.Soak.Hostile;

/// <summary>One attack of issue 13 on a real ClamProxy process, and what must hold under it.</summary>
/// <param name="name">The item and what is attacked, such as <c>1a-wget</c>.</param>
/// <param name="attack">What the hostile upstream, client or neighbour does, in a sentence.</param>
/// <param name="holds">What must be true at the end, in a sentence.</param>
internal abstract class HostileCase(string name, string attack, string holds)
{
    public string Name => name;

    public string Attack => attack;

    public string Holds => holds;

    /// <summary>Whether <c>./test.sh</c> runs it: it takes a few seconds.</summary>
    public bool IsShort { get; init; } = true;

    /// <summary>The longest that it may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Carries the attack out and says by <see cref="CaseRun.Must"/> what did not hold.</summary>
    public abstract Task RunAsync(CaseRun run);

    /// <summary>
    /// Runs it once, with everything it starts ended afterwards. A case that throws or does not end is broken: nothing was shown to hold.
    /// </summary>
    public async Task<CaseResult> RunOnceAsync(TestKit.ClamdProcess clamd)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(Limit);
        var run = new CaseRun(clamd, limit.Token);
        try
        {
            await using (run)
            {
                await RunAsync(run).WaitAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            run.Must(false, $"it was not over after {Limit.TotalSeconds:F0} s");
        }
        catch (Exception e) when (
            e is InvalidOperationException or IOException or HttpRequestException or TaskCanceledException or TimeoutException
            or System.Net.Sockets.SocketException or System.Text.Json.JsonException)
        {
            run.Must(false, $"the case could not be carried out: {FirstLines(e.Message)}");
        }

        return new CaseResult(this, run.Happened, run.Broken, clock.Elapsed);
    }

    private static string FirstLines(string text) => string.Join(" / ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(4));
}
