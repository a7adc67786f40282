namespace ClamProxy.Warming;

/// <summary>Says how far it is: a bar on a terminal, else a line for each file.</summary>
internal sealed class WarmProgress(TextWriter writer, bool isTerminal, int total)
{
    private const int BarWidth = 30;
    private const int LineWidth = 79;

    private readonly Lock _lock = new();
    private int _done;

    public void Report(WarmResult result)
    {
        lock (_lock)
        {
            _done++;
            if (isTerminal)
            {
                Draw(result);
            }
            else
            {
                writer.WriteLine($"{_done}/{total} {result.Verdict}: {result.Name}");
            }
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void End()
    {
        if (isTerminal && _done > 0)
        {
            writer.Write($"\r{new string(' ', LineWidth)}\r");
        }
    }

    private void Draw(WarmResult result)
    {
        var full = BarWidth * _done / Math.Max(total, 1);
        var line = $"[{new string('#', full)}{new string('.', BarWidth - full)}] {_done}/{total} {result.Name}";
        writer.Write($"\r{(line.Length > LineWidth ? line[..LineWidth] : line.PadRight(LineWidth))}");
    }
}
