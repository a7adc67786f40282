using System.Globalization;
using System.Text.Json;
using ClamProxy.Stopping;
using ClamProxy.TestKit;
using k8s.Models;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>
/// deploy/helm with its examples as values, and deploy/kubernetes/base, by the real helm and kubectl, the schemas of all kinds, and
/// ClamProxy's own settings. What a cluster would add is not shown.
/// </summary>
public sealed class HelmChartTests
{
    private const string Chart = ChartPods.Chart;

    public static TheoryData<string> Examples =>
        [.. Directory.EnumerateFiles(Repository.File("deploy/helm/examples"), "*.yaml").Select(Path.GetFileName).OfType<string>().Order()];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_IsAsHelmAndTheSchemasWantIt(string example)
    {
        var lint = await KubernetesTools.HelmAsync("lint", "--strict", Chart, "--values", $"deploy/helm/examples/{example}");
        var (objects, problems) = await KubernetesTools.CheckAsync(await ChartPods.RenderAsync(example));

        Assert.True(lint.Code == 0, lint.Output + lint.Errors);
        Assert.True(problems.Length == 0, problems);
        Assert.NotEmpty(objects);
        var names = objects.Select(one => (ChartPods.Text(one, "kind"), ChartPods.Text(one.GetProperty("metadata"), "name"))).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task PodsOfAnExample_StartClamProxyWithSettingsItTakes(string example)
    {
        foreach (var (component, pod) in await ChartPods.OfAsync(example))
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot, component);
            Assert.False(pod.AutomountServiceAccountToken ?? true, component);
            foreach (var container in pod.Containers)
            {
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.Contains("memory", container.Resources.Limits.Keys);
                Assert.Equal(
                    container.VolumeMounts.Select(mount => mount.Name).Distinct().Order(),
                    pod.Volumes.Select(volume => volume.Name).Order());
            }

            if (pod.Containers.SingleOrDefault(container => container.Name == "clamproxy") is { } clamProxy)
            {
                Assert.True(clamProxy.SecurityContext.ReadOnlyRootFilesystem, component);
                AssertHasTimeToStop(pod, clamProxy);
                AssertSettingsAreTaken(component, clamProxy);
            }
        }
    }

    [Fact]
    public async Task Clamd_StartsForMinutesAndIsNotRestartedForNewSignatures()
    {
        var pod = (await ChartPods.OfAsync("scan-api.yaml")).Single(pod => pod.Component == "clamd").Pod;
        var clamd = Assert.Single(pod.Containers);

        var start = clamd.StartupProbe.PeriodSeconds * clamd.StartupProbe.FailureThreshold;
        Assert.True(start >= 600, $"{start} s to load signatures");
        Assert.Contains("ConcurrentDatabaseReload yes", await ChartPods.RenderAsync("scan-api.yaml"), StringComparison.Ordinal);
        Assert.True(Assert.Single(pod.Volumes, volume => volume.Name == "signatures").PersistentVolumeClaim.ReadOnlyProperty);
    }

    [Fact]
    public async Task LineOfClamdConf_IsReplacedByThatOfTheValues()
    {
        var (_, output, _) = await KubernetesTools.HelmAsync("template", "x", Chart, "--set", "clamd.conf.MaxThreads=40");

        Assert.Contains("    MaxThreads 40\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("MaxThreads 12", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doors.replicas=many", "doors/replicas")]
    [InlineData("doors.open={proxy,ftp}", "doors/open/1")]
    [InlineData("door.open={proxy}", "door")]
    [InlineData("clamd.enabled=false", "clamd/hosts")]
    [InlineData("clamd.signatures.from=disk", "clamd/signatures/from")]
    [InlineData("workers.enabled=true", "workers need doors.dataClaim")]
    public async Task WrongValue_IsNamed(string value, string named)
    {
        var (code, _, errors) = await KubernetesTools.HelmAsync("template", "x", Chart, "--set", value);

        Assert.NotEqual(0, code);
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongFieldOfAKindOfKeda_IsFound()
    {
        var yaml = await ChartPods.RenderAsync("scan-api.yaml");
        yaml = yaml.Replace("scaleTargetRef: { name:", "scaleTargetRef: { names:", StringComparison.Ordinal);

        Assert.Contains("ScaledObject", (await KubernetesTools.CheckAsync(yaml)).Problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainManifests_AreWhatTheChartGivesWithoutValues()
    {
        var chart = await KubernetesTools.HelmAsync("template", "clamproxy", Chart);
        var plain = await KubernetesTools.KubectlAsync("kustomize", "deploy/kubernetes/base");

        Assert.True(plain.Code == 0, plain.Errors);
        var (expected, _) = await KubernetesTools.CheckAsync(chart.Output);
        var (objects, problems) = await KubernetesTools.CheckAsync(plain.Output);
        Assert.True(problems.Length == 0, problems);
        Assert.Equal(expected.Select(Canonical).Order(StringComparer.Ordinal), objects.Select(Canonical).Order(StringComparer.Ordinal));
    }

    private static void AssertHasTimeToStop(V1PodSpec pod, V1Container clamProxy)
    {
        var seconds = int.Parse(
            clamProxy.Env.Single(one => one.Name == "STOP_WITHIN").Value.TrimEnd('s'), CultureInfo.InvariantCulture);
        Assert.True(TimeSpan.FromSeconds(seconds) + StopOptions.Grace < TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds!.Value));
    }

    private static void AssertSettingsAreTaken(string component, V1Container clamProxy)
    {
        using var folder = new TempFolder();
        var variables = clamProxy.Env.GroupBy(one => one.Name).ToDictionary(one => one.Key, one => one.Last().Value);
        foreach (var (name, path) in new[] { ("SPOOL_PATH", "spool"), ("STORE_PATH", "store"), ("DATA_PATH", "data") })
        {
            if (variables.TryGetValue(name, out var value))
            {
                Assert.Contains(clamProxy.VolumeMounts, mount => value.StartsWith(mount.MountPath, StringComparison.Ordinal));
                variables[name] = Directory.CreateDirectory(folder.File(path)).FullName;
            }
        }

        var (application, problems) = ProxyApplication.Build([.. variables.Select(one => $"--{one.Key}={one.Value}")]);
        Assert.True(application is not null, $"{component}: {string.Join('\n', problems)}");
    }

    /// <summary>With sorted names, and without the labels that only a chart has.</summary>
    private static string Canonical(JsonElement one) => one.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', one.EnumerateObject().Where(member => !IsOfCharts(member.Name))
            .OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"\"{member.Name}\":{Canonical(member.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', one.EnumerateArray().Select(Canonical)) + "]",
        _ => one.GetRawText(),
    };

    private static bool IsOfCharts(string name) => name is "helm.sh/chart" or "app.kubernetes.io/managed-by";
}
