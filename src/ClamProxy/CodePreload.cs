using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace ClamProxy;

/// <summary>
/// Loads every assembly that this process can come to need when it starts. .NET loads one when it is first used, and ends the process
/// ("Out of memory.") where it has no descriptor left to open it: a crowd would then cost the process and not just some answers.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A native build, which alone leaves code out, does not use it.")]
internal sealed class CodePreload(IServiceProvider services) : IHostedService
{
    // Used by name only: nothing refers to it.
    private static readonly string[] Unreferred = ["System.Diagnostics.StackTrace", "System.Reflection.Metadata"];

    /// <summary>Before anybody may connect.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var unused = OptionalCode.NotUsedBy(services);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = new Queue<AssemblyName>([typeof(CodePreload).Assembly.GetName(), .. Unreferred.Select(name => new AssemblyName(name))]);
        while (!cancellationToken.IsCancellationRequested && left.TryDequeue(out var name))
        {
            if (!seen.Add(name.Name!) || unused.Contains(name.Name!) || TryLoad(name) is not { } loaded)
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
