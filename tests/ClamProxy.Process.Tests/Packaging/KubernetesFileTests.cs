using System.Globalization;
using ClamProxy.Stopping;
using ClamProxy.TestKit;
using k8s;
using k8s.Models;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What of deploy/kubernetes can be checked without a cluster. Documents of KEDA's own kinds are read as text.</summary>
public sealed class KubernetesFileTests
{
    private const string YamlRules = "{extends: default, rules: {line-length: {max: 150}, document-start: disable, indentation: {spaces: "
        + "2}}}";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Flows => ["buckets.yaml", "buckets-jobs.yaml"];

    [Fact]
    public async Task Files_PassYamllint()
    {
        await using var process = ServerProcess.Start(
            "yamllint", ["--strict", "--config-data", YamlRules, "deploy/kubernetes"], folder: Repository.Folder);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, process.Log);
    }

    [Fact]
    public void Signatures_AreWrittenByOneAndReadByAll()
    {
        var objects = Load("signatures.yaml");
        var claim = Assert.Single(objects.OfType<V1PersistentVolumeClaim>());
        var updater = Assert.Single(objects.OfType<V1CronJob>());

        Assert.Equal(["ReadWriteMany"], claim.Spec.AccessModes);
        Assert.Equal("Forbid", updater.Spec.ConcurrencyPolicy);
        Assert.All(Flows, flow => Assert.True(
            Assert.Single(PodOf(flow.Data).Volumes, volume => volume.PersistentVolumeClaim?.ClaimName == claim.Metadata.Name)
                .PersistentVolumeClaim.ReadOnlyProperty));
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void Settings_AreAccepted(string file)
    {
        var pod = PodOf(file);
        var settings = Assert.Single(Load(file).OfType<V1ConfigMap>());
        var clamProxy = ClamProxyOf(pod);

        Assert.Equal(settings.Metadata.Name, Assert.Single(clamProxy.EnvFrom).ConfigMapRef.Name);
        var spool = Assert.Single(clamProxy.Env, one => one.Name == "SPOOL_PATH");
        Assert.Contains(spool.Value, clamProxy.VolumeMounts.Select(mount => mount.MountPath));
        using var folder = new TempFolder();
        spool.Value = folder.Path;
        var (application, problems) = ProxyApplication.Build(
            [.. clamProxy.Env.Select(one => $"--{one.Name}={one.Value}"), .. settings.Data.Select(one => $"--{one.Key}={one.Value}")]);
        Assert.True(application is not null, string.Join('\n', problems));
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void Containers_HaveBoundsAndNoRightsTheyDoNotNeed(string file)
    {
        var pod = PodOf(file);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.All(pod.Containers.Concat(pod.InitContainers), container =>
        {
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Contains("memory", container.Resources.Limits.Keys);
        });
        Assert.True(ClamProxyOf(pod).SecurityContext.ReadOnlyRootFilesystem);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void Pod_HasTheTimeToStopAndAScannerBesideIt(string file)
    {
        var pod = PodOf(file);
        var within = ClamProxyOf(pod).Env.Single(one => one.Name == "STOP_WITHIN").Value;
        var seconds = int.Parse(within.TrimEnd('s'), CultureInfo.InvariantCulture);
        Assert.True(TimeSpan.FromSeconds(seconds) + StopOptions.Grace < TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds!.Value));

        // A job ends although this one runs on, and ClamProxy is started when it answers.
        var clamd = Assert.Single(pod.InitContainers);
        Assert.Equal("Always", clamd.RestartPolicy);
        Assert.NotNull(clamd.StartupProbe);
    }

    [Fact]
    public void Jobs_EndWhenTheQueueIsEmpty()
    {
        Assert.Equal("false", ClamProxyOf(PodOf("buckets-jobs.yaml")).Env.Single(one => one.Name == "WATCH").Value);
        Assert.Equal("Never", PodOf("buckets-jobs.yaml").RestartPolicy);
        Assert.Contains("strategy: gradual", Text("buckets-jobs.yaml"), StringComparison.Ordinal);
    }

    private static V1Container ClamProxyOf(V1PodSpec pod) => Assert.Single(pod.Containers, container => container.Name == "clamproxy");

    private static string Text(string file) => File.ReadAllText(Repository.File($"deploy/kubernetes/{file}"));

    private static List<object> Load(string file) => KubernetesYaml.LoadAllFromString(
        string.Join("\n---\n", Text(file).Split("\n---\n").Where(one => !one.Contains("apiVersion: keda.sh/", StringComparison.Ordinal))),
        strict: true);

    /// <summary>Of the Deployment, or of the ScaledJob, which has it as a Job does.</summary>
    private static V1PodSpec PodOf(string file)
    {
        if (Load(file).OfType<V1Deployment>().SingleOrDefault() is { } deployment)
        {
            return deployment.Spec.Template.Spec;
        }

        var text = Text(file);
        var start = text.IndexOf("\n    template:\n", StringComparison.Ordinal);
        var template = text[start..text.IndexOf("\n  triggers:", start, StringComparison.Ordinal)];
        return KubernetesYaml.Deserialize<V1JobSpec>(
            string.Join('\n', template.Split('\n').Select(line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line)),
            strict: true).Template.Spec;
    }
}
