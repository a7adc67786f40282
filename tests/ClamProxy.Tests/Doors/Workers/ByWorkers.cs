namespace ClamProxy.Tests.Doors.Workers;

/// <summary>Settings of a process that leaves scans to workers.</summary>
internal static class ByWorkers
{
    /// <remarks>
    /// Each job is written to disk several times, which a slow disk makes seconds of: the deadline is beyond them. So is the trickle, which
    /// would break off where a refusal is expected. Tests that wait for the deadline set a shorter one.
    /// </remarks>
    public static string[] Settings(string data, string doors) =>
    [
        $"--DOORS={doors}", "--SCAN_BY=workers", $"--DATA_PATH={data}", "--JOB_ATTEMPTS=1",
        "--ClamProxy:Objects:MinFree=0", "--ClamProxy:Jobs:ScanWithin=60s", "--PATIENCE_SECONDS=60",
    ];

    /// <summary>What is left in the folder of contents.</summary>
    public static IEnumerable<string> Contents(string data) =>
        new DirectoryInfo(Path.Combine(data, "objects")) is { Exists: true } objects
            ? objects.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.FullName)
            : [];
}
