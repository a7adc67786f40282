using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What of the scripts and container files can be checked without a container engine.</summary>
public sealed partial class ShippedFileTests
{
    private const string YamlRules = "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Scripts_PassShellcheck() => PassesAsync("shellcheck", "--external-sources", "run.sh", "test.sh", "scripts/packages.sh", ".ci/run");

    [Fact]
    public Task Compose_PassesYamllint() => PassesAsync("yamllint", "--strict", "--config-data", YamlRules, "docker-compose.yml");

    [Fact]
    public void ClamdConf_HasTheLinesThatScannersAreTestedFor()
    {
        var lines = File.ReadAllLines(Repository.File("clamav/clamd.conf"));
        Assert.Contains("AlertExceedsMax yes", lines);
        Assert.Contains("AlertEncrypted yes", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("ScanArchive no", StringComparison.Ordinal));
        Assert.Contains("./clamav/clamd.conf:/etc/clamav/clamd.conf:ro", File.ReadAllText(Repository.File("docker-compose.yml")), StringComparison.Ordinal);
        Assert.Contains("grep -Ev '^(#|$|LocalSocket|TCPSocket|User|DatabaseDirectory)' clamav/clamd.conf", File.ReadAllText(Repository.File("run.sh")), StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_SetsEveryVariableOfTheTemplates()
    {
        var compose = File.ReadAllText(Repository.File("docker-compose.yml"));
        var wanted = Directory.EnumerateFiles(Repository.File("nginx/templates"), "*.template")
            .SelectMany(template => Variable().Matches(File.ReadAllText(template)).Select(match => match.Groups[1].Value))
            .Distinct();
        Assert.DoesNotContain(wanted, name => !compose.Contains($"\n      {name}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryServiceOfCompose_HasAHealthCheckAndALimit()
    {
        var compose = File.ReadAllText(Repository.File("docker-compose.yml")).Split("\nnetworks:")[0];
        var services = Service().Split(compose).Skip(1).ToList();
        Assert.Equal(4, services.Count);
        Assert.All(services, service => Assert.Contains("\n    mem_limit: ", service, StringComparison.Ordinal));
        // ClamProxy's is in its Dockerfile.
        Assert.All(services.Where(service => !service.Contains("build: .", StringComparison.Ordinal)), service => Assert.Contains("\n    healthcheck:", service, StringComparison.Ordinal));
        Assert.Contains("HEALTHCHECK", File.ReadAllText(Repository.File("Dockerfile")), StringComparison.Ordinal);
    }

    private static async Task PassesAsync(string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments, folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
    }

    [GeneratedRegex(@"\$\{([A-Z0-9_]+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\n  [a-z]+:(?=\n)")]
    private static partial Regex Service();
}
