using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>The clients that resume, each with the options that people give them. Only waits between attempts are shorter.</summary>
internal static class DownloadClients
{
    /// <summary>A client that ClamProxy knows nothing of.</summary>
    private const string Unknown = "downloader/1.0";

    public static DownloadClient Wget { get; } = Program("wget", "wget", 1, job => [.. WgetOptions, "--tries=4", "-O", job.File, job.Url]);

    /// <summary>Started again until it succeeds, each time with what is there.</summary>
    public static DownloadClient WgetAgain { get; } = Program(
        "wget-c", "wget", 4, job => [.. WgetOptions, "--tries=1", "-c", "-O", job.File, job.Url]);

    public static DownloadClient WgetUnknown { get; } =
        Program("wget-U", "wget", 1, job => [.. WgetOptions, $"--user-agent={Unknown}", "--tries=4", "-O", job.File, job.Url]);

    public static DownloadClient Curl { get; } = Program("curl", "curl", 1, job => ["-q", "-fsS", "-m", "50", "-o", job.File, job.Url]);

    public static DownloadClient CurlAgain { get; } = Program(
        "curl-C", "curl", 5, job => ["-q", "-fsS", "-m", "50", "-C", "-", "-o", job.File, job.Url]);

    public static DownloadClient CurlUnknown { get; } =
        Program("curl-A", "curl", 5, job => ["-q", "-fsS", "-m", "50", "-A", Unknown, "-C", "-", "-o", job.File, job.Url]);

    public static DownloadClient Aria2 { get; } = Program("aria2", "aria2c", 3, job => [.. Aria2Options(job), "-x1", "-s1", job.Url]);

    /// <summary>Four parts at a time.</summary>
    public static DownloadClient Aria2Parts { get; } = Program(
        "aria2-x4", "aria2c", 3, job => [.. Aria2Options(job), "-x4", "-s4", "-k1M", job.Url]);

    public static DownloadClient Apt { get; } = Program("apt", "/usr/lib/apt/apt-helper", 2, job =>
    [
        "-o", "Acquire::Retries=3", "-o", "Acquire::Retries::Delay=false", "-o", "APT::Sandbox::User=root", "-o",
        "Acquire::http::Proxy=false",
        "download-file", job.Url, job.File,
    ]);

    public static DownloadClient Pip { get; } = new("pip", PipAsync);

    public static DownloadClient Browser { get; } = new(
        "browser", (job, ending) => ResumingBrowser.DownloadAsync(job, sendsIfRange: false, ending));

    public static DownloadClient BrowserIfRange { get; } = new(
        "browser-if-range", (job, ending) => ResumingBrowser.DownloadAsync(job, sendsIfRange: true, ending));

    private static string[] WgetOptions => ["--no-config", "-nv", "--waitretry=1", "--timeout=20"];

    private static string[] Aria2Options(DownloadJob job) =>
    [
        "--no-conf=true", "--console-log-level=warn", "--summary-interval=0", "--continue=true", "--auto-file-renaming=false",
        "--allow-overwrite=true",
        "--max-tries=4", "--retry-wait=1", "--timeout=20", "-d", job.Folder.Path, "-o", job.Wheel.FileName,
    ];

    /// <param name="attempts">How often it is started at most, until it ends with 0.</param>
    private static DownloadClient Program(string name, string program, int attempts, Func<DownloadJob, string[]> arguments) =>
        new(name, async (job, ending) =>
    {
        var log = "";
        for (var attempt = 0; attempt < attempts && !ending.IsCancellationRequested; attempt++)
        {
            var run = await ProgramRun.OfAsync(program, arguments(job), job.Folder.Path, ending);
            log += run.Log;
            if (run.ExitCode == 0)
            {
                return Download.Of(true, job.File, log);
            }
        }

        return Download.Of(false, job.File, log);
    });

    private static async Task<Download> PipAsync(DownloadJob job, CancellationToken ending)
    {
        var run = await ProgramRun.OfAsync(
            ResumingPip.Start(
                job.Folder, job.Index, "download", "--no-deps", "--retries", "1", "-d", job.Folder.File("wheels"), job.Wheel.Project),
            ending);
        return Download.Of(run.ExitCode == 0, job.Folder.File($"wheels/{job.Wheel.FileName}"), run.Log);
    }
}
