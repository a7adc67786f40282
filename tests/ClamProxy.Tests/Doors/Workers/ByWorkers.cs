namespace ClamProxy.Tests.Doors.Workers;

/// <summary>Settings of a process that leaves scans to workers, as quick as tests want it.</summary>
internal static class ByWorkers
{
    public static string[] Settings(string data, string doors) =>
    [
        $"--DOORS={doors}", "--SCAN_BY=workers", $"--DATA_PATH={data}", "--JOB_ATTEMPTS=1",
        "--ClamProxy:Objects:MinFree=0", "--ClamProxy:Jobs:ScanWithin=3s", "--ClamProxy:Jobs:LeaseTime=2s",
    ];

    /// <summary>What is left in the folder of contents.</summary>
    public static IEnumerable<string> Contents(string data) =>
        new DirectoryInfo(Path.Combine(data, "objects")) is { Exists: true } objects
            ? objects.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.FullName)
            : [];
}
