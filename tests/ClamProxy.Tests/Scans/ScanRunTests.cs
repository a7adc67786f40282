using ClamProxy.Commands;
using ClamProxy.Doors.Api;
using ClamProxy.Scans;
using ClamProxy.TestKit;
using Spectre.Console;

namespace ClamProxy.Tests.Scans;

/// <summary>What is told of contents, and how it ends; scans are a table here.</summary>
public sealed class ScanRunTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("clean,clean", CommandExit.Clean)]
    [InlineData("clean,infected", CommandExit.Refused)]
    [InlineData("unscannable", CommandExit.Refused)]
    [InlineData("released", CommandExit.Clean)]
    [InlineData("clean,failed", CommandExit.Failed)]
    [InlineData("failed,infected", CommandExit.Refused)]
    public async Task Outcomes_MakeTheExitCode(string files, int exitCode) =>
        Assert.Equal(exitCode, await RunAsync(new LineReport(_output), files.Split(',')));

    [Fact]
    public async Task Lines_TellNameVerdictAndFinding()
    {
        await RunAsync(new LineReport(_output), "clean", "infected", "unscannable", "failed", "a\u001b[31m");

        Assert.Equal(
            [
                "5 files, 20 B: 2 clean, 2 refused, 1 failed", "clean: a\\u001b[31m", "clean: clean", "failed: failed (no scanner)",
                "infected: infected (Some.Virus)", "unscannable: unscannable (encrypted: a member has a password)",
            ],
            _output.ToString().TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task JsonLines_HaveEveryMember()
    {
        await RunAsync(new JsonReport(_output), "infected", "failed");

        Assert.Equal(
            [
                """{"file":"failed","outcome":"failed","verdict":null,"signature":null,"reason":null,"sha256":null,"size":null,"engine":null,"signatureDatabase":null,"scannedAt":null,"known":false,"released":false,"detail":"no scanner"}""",
                """{"file":"infected","outcome":"refused","verdict":"infected","signature":"Some.Virus","reason":null,"sha256":"aa","size":5,"engine":"1.4.6","signatureDatabase":7,"scannedAt":"2026-01-02T03:04:05+00:00","known":true,"released":false,"detail":null}""",
            ],
            _output.ToString().TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Terminal_ShowsATableOfAllWhereTheyAreFew()
    {
        await RunAsync(Terminal(), "clean", "infected");

        Assert.Contains("Some.Virus", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("clean", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 files, 10 B: 1 clean, 1 refused, 0 failed", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_ShowsThoseThatAreNotCleanWhereTheyAreMany()
    {
        await RunAsync(Terminal(), ["infected", .. Enumerable.Range(0, 100).Select(at => $"fine{at}")]);

        Assert.Contains("Some.Virus", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("fine", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("101 files", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TimeOver_IsAFailureThatNamesTheLimit()
    {
        var exit = await RunAsync(new LineReport(_output), TimeSpan.FromMilliseconds(50), "endless").WaitAsync(Limit);

        Assert.Equal(CommandExit.Failed, exit);
        Assert.Contains("--timeout", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_TellsWhatWasScanned()
    {
        using var interrupt = new CancellationTokenSource();
        var run = new ScanRun(new Table(interrupt), new LineReport(_output), _error, TimeProvider.System);

        var exit = await run.RunAsync(new(["clean", "interrupt", "never"], null, false, 1, Limit), interrupt.Token).WaitAsync(Limit);

        Assert.Equal(CommandExit.Failed, exit);
        Assert.Contains("clean: clean\n1 files", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("interrupted", _error.ToString(), StringComparison.Ordinal);
    }

    private TerminalReport Terminal()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output), Ansi = AnsiSupport.No });
        console.Profile.Width = 120;
        return new(console, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_error), Ansi = AnsiSupport.No }));
    }

    private Task<int> RunAsync(IScanReport report, params string[] files) => RunAsync(report, Limit, files);

    private Task<int> RunAsync(IScanReport report, TimeSpan timeout, params string[] files) =>
        new ScanRun(new Table(null), report, _error, TimeProvider.System).RunAsync(
            new(files, null, false, 2, timeout), TestContext.Current.CancellationToken);

    /// <summary>What a target is called says what becomes of it.</summary>
    private sealed class Table(CancellationTokenSource? interrupt) : IContentScans
    {
        private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public async Task<ScannedContent> ScanAsync(ScanTarget target, CancellationToken isOver)
        {
            switch (target.Name)
            {
                case "infected":
                    return ScannedContent.Of(target, Verdict("infected", "Some.Virus", null, false), null);
                case "unscannable":
                    return ScannedContent.Of(target, Verdict("unscannable", null, "encrypted", false), "a member has a password");
                case "released":
                    return ScannedContent.Of(target, Verdict("unscannable", null, "encrypted", true), null);
                case "failed":
                    return ScannedContent.Failed(target, "no scanner");
                case "interrupt":
                    await interrupt!.CancelAsync();
                    break;
                case "endless":
                    await Task.Delay(Timeout.Infinite, isOver);
                    break;
            }

            isOver.ThrowIfCancellationRequested();
            return ScannedContent.Of(target, Verdict("clean", null, null, false), null);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static ScanVerdictAnswer Verdict(string verdict, string? signature, string? reason, bool isReleased) =>
            new(verdict, signature, reason, "aa", 5, "1.4.6", 7, At, Known: true, isReleased);
    }
}
