using System.Text.Json;
using ClamProxy.TestKit;
using k8s;
using k8s.Models;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>The pods of deploy/helm with one of its examples as values.</summary>
internal static class ChartPods
{
    public const string Chart = "deploy/helm/clamproxy";
    private const string Component = "app.kubernetes.io/component";

    public static async Task<string> RenderAsync(string example)
    {
        var (code, output, errors) = await KubernetesTools.HelmAsync(
            "template", "clamproxy", Chart, "--values", $"deploy/helm/examples/{example}");
        Assert.True(code == 0, errors);
        return output;
    }

    /// <summary>The pods of an example by their component, read strictly: what Kubernetes does not know is an error.</summary>
    public static async Task<IReadOnlyList<(string Component, V1PodSpec Pod)>> OfAsync(string example)
    {
        var (objects, _) = await KubernetesTools.CheckAsync(await RenderAsync(example));
        var pods = objects.Select(PodOf).OfType<JsonElement>().Select(template => (
            Text(template.GetProperty("metadata").GetProperty("labels"), Component),
            KubernetesYaml.Deserialize<V1PodSpec>(template.GetProperty("spec").GetRawText(), strict: true))).ToList();
        Assert.NotEmpty(pods);
        return pods;
    }

    public static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;

    private static JsonElement? PodOf(JsonElement one) => Text(one, "kind") switch
    {
        "Deployment" or "Job" => one.GetProperty("spec").GetProperty("template"),
        "CronJob" => one.GetProperty("spec").GetProperty("jobTemplate").GetProperty("spec").GetProperty("template"),
        "ScaledJob" => one.GetProperty("spec").GetProperty("jobTargetRef").GetProperty("template"),
        _ => null,
    };
}
