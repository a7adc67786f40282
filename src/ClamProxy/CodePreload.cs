using System.Reflection;
using ClamProxy.Configuration;
using ClamProxy.Telemetry;

namespace ClamProxy;

/// <summary>
/// Loads every assembly that this process can come to need when it starts. .NET loads one when it is first used, and ends the process
/// ("Out of memory.") where it has no descriptor left to open it: a crowd would then cost the process and not just some answers.
/// </summary>
internal sealed class CodePreload(TelemetryOptions telemetry, DoorOptions doors) : IHostedService
{
    // Used by name only: nothing refers to it.
    private static readonly string[] Unreferred = ["System.Diagnostics.StackTrace", "System.Reflection.Metadata"];

    private static readonly string[] OfTheApi = ["Microsoft.AspNetCore.OpenApi", "Microsoft.OpenApi", "Scalar.AspNetCore"];

    /// <summary>Before anybody may connect.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = new Queue<AssemblyName>([typeof(CodePreload).Assembly.GetName(), .. Unreferred.Select(name => new AssemblyName(name))]);
        while (!cancellationToken.IsCancellationRequested && left.TryDequeue(out var name))
        {
            if (!seen.Add(name.Name!) || !IsNeeded(name) || TryLoad(name) is not { } loaded)
            {
                continue;
            }

            foreach (var referred in loaded.GetReferencedAssemblies())
            {
                left.Enqueue(referred);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsNeeded(AssemblyName name) =>
        (telemetry.NeedsSdk || !name.Name!.StartsWith("OpenTelemetry", StringComparison.Ordinal))
        && (doors.Opens(Door.Api) || !OfTheApi.Contains(name.Name));

    /// <returns>Null for one that is not there: it is referred to by something that this process never uses.</returns>
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
