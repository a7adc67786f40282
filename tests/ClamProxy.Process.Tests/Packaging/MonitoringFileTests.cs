using System.Text.Json;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>The alert rules and the dashboard, by Prometheus' own tool: what they ask for is in docs/metrics.md.</summary>
public sealed partial class MonitoringFileTests
{
    private const string Rules = "deploy/prometheus/clamproxy.rules.yaml";
    private const string RuleTests = "deploy/prometheus/clamproxy.rules.test.yaml";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly IReadOnlySet<string> Metrics =
        Named().Matches(File.ReadAllText(Repository.File("docs/metrics.md"))).Select(name => name.Groups[1].Value).ToHashSet();

    [Fact]
    public async Task Rules_PassTheirTests()
    {
        await PromtoolAsync("check", "rules", Rules);
        await PromtoolAsync("test", "rules", RuleTests);
    }

    [Fact]
    public void EveryRule_IsTested()
    {
        var alerts = Alert().Matches(File.ReadAllText(Repository.File(Rules))).Select(alert => alert.Groups[1].Value).ToList();
        var tests = File.ReadAllText(Repository.File(RuleTests));

        Assert.True(alerts.Count > 10, "the rules were not found");
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n        exp_alerts:", tests, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMetricOfTheRules_Exists() => AssertKnown(File.ReadAllText(Repository.File(Rules)));

    [Fact]
    public async Task Dashboard_AsksForWhatExists()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.File("deploy/grafana/clamproxy.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var queries = panels.Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!).ToList();

        Assert.True(queries.Count > 20, "the dashboard has no queries");
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(queries, AssertKnown);
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("rules.json"), JsonSerializer.Serialize(new
        {
            groups = new[]
            {
                new
                {
                    name = "dashboard",
                    rules = queries.Select((query, at) => new
                    {
                        record = $"query:{at}",
                        expr = query.Replace("$__rate_interval", "5m", StringComparison.Ordinal),
                    }),
                },
            },
        }));
        await PromtoolAsync("check", "rules", "--lint=none", folder.File("rules.json"));
    }

    private static void AssertKnown(string text)
    {
        var named = Metric().Matches(text).Select(metric => Series().Replace(metric.Value, "")).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, Metrics));
    }

    private static async Task PromtoolAsync(params string[] arguments)
    {
        await using var process = ServerProcess.Start("promtool", arguments, folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
    }

    [GeneratedRegex("`((?:clamproxy|dotnet)_[a-z_]+)`")]
    private static partial Regex Named();

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("(clamproxy|dotnet)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Series();
}
