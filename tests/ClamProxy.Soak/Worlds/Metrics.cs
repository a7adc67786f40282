using System.Globalization;

namespace ClamProxy.Soak.Worlds;

/// <summary>One reading of /metrics.</summary>
internal sealed class Metrics
{
    private readonly (string Series, double Value)[] _lines;

    public Metrics(string text)
        : this(
        [
            .. from line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               where line[0] != '#'
               let space = line.LastIndexOf(' ')
               select (line[..space], double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture)),
        ])
    {
    }

    /// <summary>What is said of scanners, a line each.</summary>
    public string OfScanners() =>
        string.Join('\n', _lines.Where(line => line.Series.StartsWith("clamproxy_clamd_", StringComparison.Ordinal)));

    private Metrics((string Series, double Value)[] lines) => _lines = lines;

    /// <summary>Both together.</summary>
    public Metrics And(Metrics other) => new([.. _lines, .. other._lines]);

    /// <summary>The sum of all series of a name whose labels hold all these texts, such as <c>outcome="upstream</c>.</summary>
    public double Sum(string name, params string[] labels) => _lines
        .Where(line => (line.Series == name || line.Series.StartsWith(name + "{", StringComparison.Ordinal))
            && labels.All(label => line.Series.Contains(label, StringComparison.Ordinal)))
        .Sum(line => line.Value);
}
