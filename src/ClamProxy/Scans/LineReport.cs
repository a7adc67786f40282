using ClamProxy.Configuration;

namespace ClamProxy.Scans;

/// <summary>A line for each content, as soon as it is known, and the sums: for logs and pipes.</summary>
internal sealed class LineReport(TextWriter output) : IScanReport
{
    private readonly Lock _lock = new();

    public async Task RunAsync(Func<CancellationToken, int> count, Func<Action<ScannedContent>, Task> scan)
    {
        var sums = new ScanSums();
        await scan(content =>
        {
            lock (_lock)
            {
                sums.Add(content);
                var finding = content.Finding.Length > 0 ? $" ({content.Finding})" : "";
                output.WriteLine($"{content.Word}: {SettingText.OneLine(content.Name)}{finding}");
            }
        });
        await output.WriteLineAsync(sums.ToString());
    }
}
