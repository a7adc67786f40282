namespace ClamProxy.Core.Jobs;

/// <summary>What this process is called where several work on the same jobs.</summary>
internal static class ProcessName
{
    /// <summary>For people; a process that has the number of an earlier one has its name too.</summary>
    public static string Own { get; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>One that no other process ever has.</summary>
    public static string Unique() => $"{Own}-{Guid.NewGuid():N}";
}
