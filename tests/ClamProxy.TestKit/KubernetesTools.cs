using System.Diagnostics;
using System.Text.Json;

namespace ClamProxy.TestKit;

/// <summary>helm, kubectl and the schemas of Kubernetes' kinds, as scripts/kubernetes.sh installs them. No cluster is asked.</summary>
public static class KubernetesTools
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // As scripts/kubernetes.sh has it.
    private static readonly string Folder = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "clamproxy-tests/kubernetes");

    /// <summary>Runs <c>helm</c> in the repository's folder.</summary>
    /// <returns>What it printed, and how it ended.</returns>
    public static Task<(int Code, string Output, string Errors)> HelmAsync(params string[] arguments) =>
        RunAsync(Path.Combine(Folder, "helm"), arguments, "");

    /// <summary>Runs <c>kubectl</c> in the repository's folder.</summary>
    /// <returns>What it printed, and how it ended.</returns>
    public static Task<(int Code, string Output, string Errors)> KubectlAsync(params string[] arguments) =>
        RunAsync(Path.Combine(Folder, "kubectl"), arguments, "");

    /// <summary>Holds each object against the schema of its kind, those of KEDA and of the Prometheus operator too.</summary>
    /// <param name="yaml">One or more documents.</param>
    /// <returns>The objects, and what is wrong with them: empty where nothing is.</returns>
    public static async Task<(IReadOnlyList<JsonElement> Objects, string Problems)> CheckAsync(string yaml)
    {
        var (_, output, errors) = await RunAsync("node", [Repository.File("tests/kubernetes/objects.mjs"), Folder], yaml);
        return output.Length == 0 ? ([], errors) : ([.. JsonDocument.Parse(output).RootElement.EnumerateArray()], errors);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Repository.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
