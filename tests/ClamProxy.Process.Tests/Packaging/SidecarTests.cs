using System.Globalization;
using System.Text.RegularExpressions;
using ClamProxy.Stopping;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What of the sidecar's recipe can be checked without a container engine.</summary>
public sealed partial class SidecarTests
{
    private const string YamlRules = "{extends: default, rules: {line-length: {max: 150}, document-start: disable, indentation: {spaces: "
        + "2}}}";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static string Compose => File.ReadAllText(Repository.File("deploy/sidecar-compose.yml"));

    private static string Pod => File.ReadAllText(Repository.File("deploy/sidecar-pod.yaml"));

    [Fact]
    public async Task BothFiles_PassYamllint()
    {
        await using var process = ServerProcess.Start(
            "yamllint",
            ["--strict", "--config-data", YamlRules, "deploy/sidecar-compose.yml", "deploy/sidecar-pod.yaml"],
            folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
    }

    [Fact]
    public void ClamdsSocket_IsWhereItsConfPutsItAndWhereClamProxyLooks()
    {
        Assert.Contains("LocalSocket /tmp/clamd.sock", File.ReadAllLines(Repository.File("clamav/clamd.conf")));
        Assert.Contains("CLAMD_HOSTS: unix:///run/clamd/clamd.sock", Compose, StringComparison.Ordinal);
        Assert.Contains("- socket:/tmp\n", Compose, StringComparison.Ordinal);
        Assert.Contains("- socket:/run/clamd:ro\n", Compose, StringComparison.Ordinal);
        Assert.Contains("value: unix:///run/clamd/clamd.sock", Pod, StringComparison.Ordinal);
        Assert.Contains("- name: clamd-socket\n          mountPath: /tmp\n", Pod, StringComparison.Ordinal);
        Assert.Contains("- name: clamd-socket\n          mountPath: /run/clamd\n", Pod, StringComparison.Ordinal);
    }

    [Fact]
    public void ClamProxy_HasNoRightsItDoesNotNeed()
    {
        Assert.All(
            [
                "user: \"1654:1654\"",
                "read_only: true",
                "cap_drop: [ALL]",
                "security_opt: [\"no-new-privileges:true\"]",
                "ClamProxy__Listen__Address: localhost"],
            line => Assert.Contains(line, Section(Compose, "  clamproxy:", "\n  clamav:"), StringComparison.Ordinal));
        Assert.All(
            [
                "runAsUser: 1654",
                "readOnlyRootFilesystem: true",
                "allowPrivilegeEscalation: false",
                "drop: [ALL]",
                "name: ClamProxy__Listen__Address\n          value: localhost"],
            line => Assert.Contains(line, Section(Pod, "- name: clamproxy", "\n  containers:"), StringComparison.Ordinal));
        Assert.Contains("runAsNonRoot: true", Pod, StringComparison.Ordinal);
        Assert.DoesNotContain("privileged: true", Pod + Compose, StringComparison.Ordinal);
    }

    [Fact]
    public void Probes_AskManagementWhichListensForThem()
    {
        var clamProxy = Section(Pod, "- name: clamproxy", "\n  containers:");
        Assert.Equal(["/readyz", "/readyz", "/healthz"], ProbePath().Matches(clamProxy).Select(match => match.Groups[1].Value));
        Assert.Contains("name: MANAGEMENT_ADDRESS\n          value: any\n", clamProxy, StringComparison.Ordinal);
        Assert.Contains("- name: management\n          containerPort: 8081\n", clamProxy, StringComparison.Ordinal);
    }

    [Fact]
    public void ClamProxy_IsGivenTheTimeToStop()
    {
        Assert.Contains("name: STOP_WITHIN\n          value: 10s\n", Pod, StringComparison.Ordinal);
        Assert.Contains("STOP_WITHIN: 10s\n", Compose, StringComparison.Ordinal);
        var times = new[] { Grace().Match(Pod), Grace().Match(Compose) }.Select(
            match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.All(times, time => Assert.True(TimeSpan.FromSeconds(10) + StopOptions.Grace < TimeSpan.FromSeconds(time)));
    }

    [Fact]
    public void SidecarsOfThePod_BeginBeforeTheBuild()
    {
        var sidecars = Section(Pod, "  initContainers:", "\n  containers:");
        Assert.Equal(["clamav", "clamproxy"], Container().Matches(sidecars).Select(match => match.Groups[1].Value));
        Assert.Equal(2, sidecars.Split("\n      restartPolicy: Always\n").Length - 1);
        Assert.Equal(2, sidecars.Split("\n      startupProbe:\n").Length - 1);
    }

    private static string Section(string text, string from, string to)
    {
        var start = text.IndexOf(from, StringComparison.Ordinal);
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"\n          path: (\S+)\n          port: management\n")]
    private static partial Regex ProbePath();

    [GeneratedRegex(@"(?:terminationGracePeriodSeconds|stop_grace_period): (\d+)")]
    private static partial Regex Grace();

    [GeneratedRegex(@"\n    - name: (\S+)\n")]
    private static partial Regex Container();
}
