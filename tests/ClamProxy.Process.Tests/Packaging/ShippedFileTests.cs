using System.Text.Json;
using System.Text.RegularExpressions;
using ClamProxy.Stopping;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What of the scripts and container files can be checked without a container engine.</summary>
public sealed partial class ShippedFileTests
{
    private const string YamlRules = "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Scripts_PassShellcheck() =>
        PassesAsync(
            "shellcheck",
            [
                "--external-sources",
                "run.sh",
                "test.sh",
                "scripts/packages.sh",
                "nginx/16-clamproxy.envsh",
                ".ci/run",
                "deploy/deb/build.sh",
                "deploy/deb/clamproxy",
                "deploy/deb/postinst",
                "deploy/deb/prerm",
                "deploy/deb/postrm",
                .. Directory.EnumerateFiles(Repository.File("tests/containers"), "*.sh")]);

    [Fact]
    public Task Compose_PassesYamllint() => PassesAsync("yamllint", "--strict", "--config-data", YamlRules, "docker-compose.yml");

    [Fact]
    public void ClamdConf_HasTheLinesThatScannersAreTestedFor()
    {
        var lines = File.ReadAllLines(Repository.File("clamav/clamd.conf"));
        Assert.Contains("AlertExceedsMax yes", lines);
        Assert.Contains("AlertEncrypted yes", lines);
        Assert.Contains("DisableCache yes", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("ScanArchive no", StringComparison.Ordinal));
        Assert.Contains(
            "./clamav/clamd.conf:/etc/clamav/clamd.conf:ro",
            File.ReadAllText(Repository.File("docker-compose.yml")),
            StringComparison.Ordinal);
        Assert.Contains(
            "grep -Ev '^(#|$|LocalSocket|TCPSocket|User|DatabaseDirectory)' clamav/clamd.conf",
            File.ReadAllText(Repository.File("run.sh")),
            StringComparison.Ordinal);
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
        var compose = File.ReadAllText(Repository.File("docker-compose.yml")).Split("\nservices:")[1].Split("\nnetworks:")[0];
        var services = Service().Split(compose).Skip(1).ToList();
        Assert.Equal(12, services.Count);
        Assert.All(services, service => Assert.Contains("\n    mem_limit: ", service, StringComparison.Ordinal));
        // ClamProxy's is in its Dockerfile.
        Assert.All(
            services.Where(service => !service.Contains("build: .", StringComparison.Ordinal)),
            service => Assert.Contains("\n    healthcheck:", service, StringComparison.Ordinal));
        Assert.Contains("HEALTHCHECK", File.ReadAllText(Repository.File("Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public void ContainerOfClamProxy_HasNoRightsItDoesNotNeed()
    {
        var service = Compose("clamproxy");
        Assert.All(
            [
                "user: \"1654:1654\"",
                "read_only: true",
                "tmpfs: [/tmp]",
                "cap_drop: [ALL]",
                "security_opt: [\"no-new-privileges:true\"]",
                "pids_limit: 512"],
            line => Assert.Contains($"\n    {line}\n", service, StringComparison.Ordinal));
        Assert.DoesNotContain("privileged", service, StringComparison.Ordinal);
        Assert.DoesNotContain("cap_add", service, StringComparison.Ordinal);
        Assert.Contains("\nUSER $APP_UID\n", File.ReadAllText(Repository.File("Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public void ContainerOfClamProxy_IsReachedWhereItSaysAndIsGivenTheTimeToStop()
    {
        var service = Compose("clamproxy");
        Assert.Contains("\n      MANAGEMENT_ADDRESS: any\n", service, StringComparison.Ordinal);
        Assert.Contains("- \"127.0.0.1:8081:8081\"\n", service, StringComparison.Ordinal);
        var grace = int.Parse(StopTime().Match(service).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(new StopOptions().Within + StopOptions.Grace < TimeSpan.FromSeconds(grace), $"killed after {grace} s");
    }

    [Fact]
    public async Task HealthCheckOfTheImage_FindsTheProcessAndMissesIt()
    {
        var check = HealthCheck().Match(File.ReadAllText(Repository.File("Dockerfile"))).Groups[1].Value;
        var command = JsonSerializer.Deserialize<string[]>(check)!;
        await using var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string> { ["MANAGEMENT_CREDENTIALS"] = $"nobody:sha256:{new string('0', 64)}" }, waitUntilReady: false);

        Assert.Equal(0, await RunAsync(command, proxy.ManagementPort));
        Assert.NotEqual(0, await RunAsync(command, FreePort.Next()));
    }

    private static string Compose(string service) =>
        Service().Split(File.ReadAllText(Repository.File("docker-compose.yml")).Split("\nnetworks:")[0])
            .Single(part => part.Contains($"\n    image: {service}:local", StringComparison.Ordinal));

    private static async Task<int> RunAsync(string[] command, int managementPort)
    {
        await using var process = ServerProcess.Start(
            command[0] == "bash"
                ? "/bin/bash"
                : command[0], command[1..], new Dictionary<string, string> { ["MANAGEMENT_PORT"] = $"{managementPort}" });
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
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

    [GeneratedRegex(@"\n    stop_grace_period: (\d+)s\n")]
    private static partial Regex StopTime();

    [GeneratedRegex(@"HEALTHCHECK [^[]*(\[.*\])\n")]
    private static partial Regex HealthCheck();

    [GeneratedRegex(@"\n  [a-z]+:(?=\n)")]
    private static partial Regex Service();
}
