using ClamProxy.Configuration;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ClamProxy.Scans;

/// <summary>A bar while it scans, then a table: of all contents where they are few, else of those that are not clean.</summary>
/// <param name="output">Where the table goes.</param>
/// <param name="progress">Where the bar goes; nothing is drawn where that is no terminal.</param>
internal sealed class TerminalReport(IAnsiConsole output, IAnsiConsole progress) : IScanReport
{
    private const int MostRows = 40;
    private const int MostNotClean = 1000;

    private readonly Lock _lock = new();
    private readonly List<ScannedContent> _clean = [];
    private readonly List<ScannedContent> _notClean = [];

    public async Task RunAsync(Func<CancellationToken, int> count, Func<Action<ScannedContent>, Task> scan)
    {
        var sums = new ScanSums();
        await progress.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn())
            .StartAsync(async context =>
            {
                using var ended = new CancellationTokenSource();
                var bar = context.AddTask("scanning", maxValue: double.MaxValue);
                bar.IsIndeterminate = true;
                var counting = Task.Run(() => Count(count, bar, ended.Token));
                await scan(content => Report(content, sums, bar));
                await ended.CancelAsync();
                await counting;
            });
        Write(sums);
    }

    private static void Count(Func<CancellationToken, int> count, ProgressTask bar, CancellationToken ended)
    {
        try
        {
            bar.MaxValue = Math.Max(1, count(ended));
            bar.IsIndeterminate = false;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // All is scanned: nobody needs the sum any more.
        }
    }

    private void Report(ScannedContent content, ScanSums sums, ProgressTask bar)
    {
        lock (_lock)
        {
            sums.Add(content);
            var (kept, most) = content.Outcome == ScanOutcome.Clean ? (_clean, MostRows) : (_notClean, MostNotClean);
            if (kept.Count < most)
            {
                kept.Add(content);
            }

            bar.Increment(1);
            bar.Description = $"{sums.Total} {Markup.Escape(SettingText.OneLine(content.Name))}";
        }
    }

    private void Write(ScanSums sums)
    {
        List<ScannedContent> shown = sums.Total <= MostRows ? [.. _notClean, .. _clean] : _notClean;
        if (shown.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("verdict", "file", "size", "finding");
            foreach (var content in shown)
            {
                table.AddRow(Row(content));
            }

            output.Write(table);
        }

        if (sums.Total > MostRows && _notClean.Count == MostNotClean)
        {
            output.WriteLine($"only the first {MostNotClean} that are not clean are shown: --json has all");
        }

        output.WriteLine(sums.ToString());
    }

    private static IEnumerable<IRenderable> Row(ScannedContent content)
    {
        var style = content.Outcome switch
        {
            ScanOutcome.Clean => new Style(Color.Green),
            ScanOutcome.Refused => new Style(Color.Red),
            ScanOutcome.Failed => new Style(Color.Yellow),
        };
        return
        [
            new Text(content.Word, style),
            new Text(SettingText.OneLine(content.Name)),
            new Text(content.Verdict?.Size is { } size ? SizeText.About(size) : "-"),
            new Text(SettingText.OneLine(content.Finding)),
        ];
    }
}
