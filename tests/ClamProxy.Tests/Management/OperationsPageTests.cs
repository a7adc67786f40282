using System.Text.RegularExpressions;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using ClamProxy.Tests.Configuration;

namespace ClamProxy.Tests.Management;

/// <summary>What docs/operations.md and the overview of the settings say is what the code does.</summary>
public sealed partial class OperationsPageTests
{
    private const string Unscannable = "Unscannable ";

    private static readonly string Operations = File.ReadAllText(Repository.File("docs/operations.md"));

    [Fact]
    public async Task EveryMetricOnThePage_IsExposed()
    {
        using var data = new TempFolder();
        await using var world = await ProxyWorld.StartAsync(
            "--DOORS=proxy,api,icap,ext-proc,worker,buckets",
            $"--DATA_PATH={data.Path}",
            $"--CALLBACK_SECRETS={CallbackReceiver.Secret}",
            "--EVENT_WEBHOOKS=siem=https://siem.example.org/",
            $"--EVENT_SECRETS={CallbackReceiver.Secret}",
            "--S3_ENDPOINT_URL=http://127.0.0.1:1",
            "--S3_ACCESS_KEY=key",
            "--S3_SECRET_KEY=secret",
            "--ClamProxy:Sqs:EndpointUrl=http://127.0.0.1:1",
            "--ClamProxy:Buckets:in:Untrusted=s3://incoming",
            "--ClamProxy:Buckets:in:Clean=s3://clean",
            "--ClamProxy:Buckets:in:Quarantine=s3://quarantine",
            "--ClamProxy:Buckets:in:Queue=events");
        var served = new byte[300];
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, served));
        await world.GetAsync("/file", cacheScan: true);
        served = Enumerable.Repeat((byte)1, 300).ToArray();
        await world.GetAsync("/file", cacheScan: true);
        await world.WaitForMetricAsync("clamproxy_jobs_waiting");

        var exposed = await world.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        var named = Metric().Matches(Operations).Select(match => match.Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($"# TYPE {name} ", exposed, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryLineOfClamdConfOnThePage_IsInTheShippedOne()
    {
        var shipped = File.ReadAllLines(Repository.File("clamav/clamd.conf")).Select(line => line.Trim()).ToList();
        var block = Operations.Split("```")[1];
        var lines = block.Split('\n').Select(line => line.Split('#')[0].Trim()).Where(
            line => line.Length > 0 && !line.StartsWith("LocalSocket", StringComparison.Ordinal));

        Assert.All(lines, line => Assert.Contains(line, shipped));
    }

    [Fact]
    public void EveryRefusalOnThePage_IsOneOfOurs()
    {
        var source = string.Concat(
            new[] { "Doors/Http", "Problems", "Connections" }.SelectMany(folder => Directory.EnumerateFiles(
                Repository.File($"src/ClamProxy/{folder}"), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText));
        var titles = Refusal().Matches(Operations).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(titles);
        var reasons = Enum.GetValues<UnscannableReason>().Select(reason => $"{Unscannable}{reason.Name()}").ToList();
        Assert.All(
            titles.Where(title => title.StartsWith(Unscannable, StringComparison.Ordinal)), title => Assert.Contains(title, reasons));
        Assert.All(
            titles.Where(title => !title.StartsWith(Unscannable, StringComparison.Ordinal)),
            title => Assert.Contains($"\"{title}", source, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryVariableOfAnOverview_IsASettingOfTheConfigurationPages()
    {
        var settings = Rows(string.Join('\n', SettingRow.Lines.Where(line => line.Contains("| `ClamProxy:", StringComparison.Ordinal))));
        string[] overviews = ["README.md", "docs/configuration/README.md"];
        var overview = overviews.SelectMany(
            path => Rows(File.ReadAllText(Repository.File(path)))).Where(row => Variable().IsMatch(row[0])).ToList();

        Assert.NotEmpty(overview);
        Assert.All(overview.SelectMany(row => Variable().Matches(row[0])), variable =>
            Assert.Contains(settings, row => row[0].Contains(variable.Value, StringComparison.Ordinal)));
    }

    private static List<string[]> Rows(string page) =>
        [
            .. page.Split('\n').Where(
                line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Trim('|', ' ').Split(" | "))];

    [GeneratedRegex("clamproxy_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| \d{3} `([A-Z][a-z]+(?: [a-z]+)+)`", RegexOptions.Multiline)]
    private static partial Regex Refusal();

    [GeneratedRegex("`[A-Z][A-Z_]+`")]
    private static partial Regex Variable();
}
