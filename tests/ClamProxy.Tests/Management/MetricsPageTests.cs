using System.Text.RegularExpressions;
using ClamProxy.Management;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Management;

/// <summary>docs/metrics.md has one row for each instrument that the source creates: its name at /metrics, its kind and its text.</summary>
public sealed partial class MetricsPageTests
{
    private static readonly IReadOnlyList<string> Lines = File.ReadAllLines(Repository.File("docs/metrics.md"));

    private static readonly IReadOnlyList<(string Name, MetricKind Kind, string Text)> Instruments =
    [
        .. new[] { "src/ClamProxy", "src/ClamProxy.Core" }.SelectMany(folder => Directory.EnumerateFiles(
                Repository.File(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Creation().Matches(Concatenation().Replace(File.ReadAllText(file), "")).Select(Read))
    ];

    [Fact]
    public void EveryInstrument_HasOneRow()
    {
        Assert.True(Instruments.Count > 80, "the source's instruments were not found");
        var missing = Instruments.Where(instrument => Lines.Count(line => IsRowOf(line, instrument)) != 1);
        Assert.True(!missing.Any(), $"docs/metrics.md lacks, has twice, or says otherwise:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void EveryRow_IsAnInstrument()
    {
        var names = Instruments.Select(instrument => instrument.Name).ToHashSet();
        var extra = Lines.Select(line => Row().Match(line)).Where(row => row.Success && !names.Contains(row.Groups[1].Value));
        Assert.True(!extra.Any(), $"docs/metrics.md has metrics that do not exist:\n{string.Join('\n', extra)}");
    }

    [Fact]
    public async Task EveryLabelThatIsExposed_IsInItsRow()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, new byte[300]));
        await world.GetAsync("/file", cacheScan: true);
        await world.GetAsync("/file", cacheScan: true);

        var exposed = await world.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        var labels = Sample().Matches(exposed).SelectMany(
            sample => Label().Matches(sample.Groups[2].Value).Select(label => (Name: sample.Groups[1].Value, Label: label.Groups[1].Value)))
            .Where(pair => pair.Label != "le").Distinct().ToList();
        Assert.True(labels.Count > 10, "no labels were found");
        Assert.All(labels, pair => Assert.Contains(Lines, line =>
            line.StartsWith($"| `{Plain(pair.Name)}` |", StringComparison.Ordinal)
            && line.Contains($"`{pair.Label}`", StringComparison.Ordinal)));
    }

    private static bool IsRowOf(string line, (string Name, MetricKind Kind, string Text) instrument) =>
        line.StartsWith(
            $"| `{instrument.Name}` | {instrument.Kind.ToString().ToLowerInvariant()} | ", StringComparison.Ordinal)
        && line.EndsWith($" | {instrument.Text} |", StringComparison.Ordinal);

    private static (string Name, MetricKind Kind, string Text) Read(Match creation)
    {
        var kind = creation.Groups[1].Value switch
        {
            "Counter" or "ObservableCounter" => MetricKind.Counter,
            "Histogram" => MetricKind.Histogram,
            _ => MetricKind.Gauge,
        };
        var texts = Literal().Matches(creation.Groups[3].Value).Select(literal => literal.Groups[1].Value.Replace("\\\"", "\"")).ToList();
        var unit = texts.FirstOrDefault(text => text is ['{', ..] or "s" or "By");
        return (MetricName.Of(creation.Groups[2].Value, unit, kind), kind, texts.Last(text => text != unit));
    }

    /// <summary>A histogram's series have names of their own.</summary>
    private static string Plain(string name) => Series().Replace(name, "");

    [GeneratedRegex("""Create(\w+?)(?:<\w+>)?\(\s*"(clamproxy\.[a-z_.]+)"(.*?)\);""", RegexOptions.Singleline)]
    private static partial Regex Creation();

    [GeneratedRegex("\"\\s*\\+\\s*\"")]
    private static partial Regex Concatenation();

    [GeneratedRegex("""
        "((?:[^"\\]|\\.)*)"
        """)]
    private static partial Regex Literal();

    [GeneratedRegex(@"^\| `(clamproxy_[a-z_]+)` \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"^(clamproxy_[a-z_]+)\{(.*)\} ", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Series();
}
