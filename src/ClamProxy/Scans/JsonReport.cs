namespace ClamProxy.Scans;

/// <summary>A JSON object in a line for each content, as soon as it is known (JSON lines).</summary>
internal sealed class JsonReport(TextWriter output) : IScanReport
{
    private readonly Lock _lock = new();

    public Task RunAsync(Func<CancellationToken, int> count, Func<Action<ScannedContent>, Task> scan) => scan(content =>
    {
        lock (_lock)
        {
            output.WriteLine(ScanLine.Of(content));
        }
    });
}
