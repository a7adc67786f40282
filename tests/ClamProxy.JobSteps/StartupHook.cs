using System.Diagnostics;
using ClamProxy.JobSteps;

/// <summary>
/// What the runtime calls before Main where DOTNET_STARTUP_HOOKS names this assembly: the program itself knows nothing of it. The name and
/// the missing namespace are the runtime's demand.
/// </summary>
internal static class StartupHook
{
    /// <summary>Waits for the host that is being built, as ASP.NET's own test host does.</summary>
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new HostObserver());
}
