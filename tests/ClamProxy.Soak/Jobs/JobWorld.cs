using System.Globalization;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// The processes that jobs pass through, each of which tells of its steps:
/// <code>
///   client ──► api ────┬─► queue and results (a server with a relay for each process, or a file)
///             worker ──┤
///               │      └─► folder of contents
///               └─relay─► clamd
/// </code>
/// </summary>
internal sealed class JobWorld : IAsyncDisposable
{
    private readonly TempFolder _data = new();
    private readonly Dictionary<JobPart, ProxyProcess> _processes = [];
    private readonly int _apiPort = FreePort.Next();
    private ClamdProcess? _clamd;
    private TimeSpan _late;

    private JobWorld(IQueueUnderTest queue)
    {
        Queue = queue;
        Client = new JobClient(_apiPort);
    }

    public IQueueUnderTest Queue { get; }

    public string DataPath => _data.Path;

    public StepServer Steps { get; } = new();

    public JobClient Client { get; }

    public FlakyRelay ClamdNetwork { get; private set; } = null!;

    public IEnumerable<JobPart> Parts => Queue.HasServer ? Enum.GetValues<JobPart>() : [JobPart.Api, JobPart.Worker];

    public static async Task<JobWorld> StartAsync(IQueueUnderTest queue)
    {
        var world = new JobWorld(queue);
        try
        {
            world._clamd = await ClamdProcess.StartAsync();
            world.ClamdNetwork = new FlakyRelay(world._clamd.Port);
            await world.StartProcessesAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(JobPart part) => part switch
    {
        JobPart.Api or JobPart.Worker => _processes[part].KillAsync(),
        JobPart.Queue => Queue.KillAsync(),
    };

    public async Task StartAgainAsync(JobPart part)
    {
        if (part == JobPart.Queue)
        {
            await Queue.StartAgainAsync();
            return;
        }

        var dead = _processes[part];
        _processes[part] = await StartAsync(part);
        await dead.DisposeAsync();
    }

    /// <summary>Stops the worker (SIGSTOP) until something has happened, which another worker is there for meanwhile.</summary>
    public async Task StopWorkerAsync(Func<Task> until)
    {
        await Queue.DoUnlockedAsync(_data.Path, _processes[JobPart.Worker].Freeze);
        try
        {
            await using var other = await StartAsync(JobPart.Worker);
            await until();
            other.Terminate();
            await other.WaitForExitAsync(CancellationToken.None);
        }
        finally
        {
            _processes[JobPart.Worker].Thaw();
        }
    }

    /// <summary>Kills API and worker and starts them again at a later time of day, which they sweep at.</summary>
    public async Task StartLaterAsync(TimeSpan late)
    {
        _late = late;
        await Task.WhenAll(KillAsync(JobPart.Api), KillAsync(JobPart.Worker));
        await StartProcessesAsync();
    }

    /// <summary>The contents that are there, by their keys, and whatever else lies in DATA_PATH but the database.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. Directory.EnumerateFiles(_data.Path, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_data.Path, path))
            .Where(path => !path.StartsWith("jobs.db", StringComparison.Ordinal)),
    ];

    public string LogOf(JobPart role) => _processes[role].Log;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            await process.DisposeAsync();
        }

        Client.Dispose();
        await (ClamdNetwork?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_clamd?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Queue.DisposeAsync();
        await Steps.DisposeAsync();
        _data.Dispose();
    }

    private async Task StartProcessesAsync()
    {
        var (api, worker) = (StartAsync(JobPart.Api), StartAsync(JobPart.Worker));
        (_processes[JobPart.Api], _processes[JobPart.Worker]) = (await api, await worker);
    }

    private Task<ProxyProcess> StartAsync(JobPart role) => ProxyProcess.StartAsync(
        new Dictionary<string, string>(Queue.VariablesOf(role))
        {
            ["DOORS"] = role == JobPart.Api ? "api" : "worker",
            ["API_PORT"] = _apiPort.ToString(CultureInfo.InvariantCulture),
            ["DATA_PATH"] = _data.Path,
            ["CLAMD_HOSTS"] = $"tcp://127.0.0.1:{ClamdNetwork.Port}",
            ["WORKER_POOL"] = "2",
            ["LOG_LEVEL"] = "Information",
            ["ClamProxy__Objects__MinFree"] = "0",
            ["ClamProxy__Jobs__LeaseTime"] = "2s",
            ["ClamProxy__Jobs__RetryPause"] = "200ms",
            ["ClamProxy__Jobs__QueueTimeout"] = "2s",
            ["ClamProxy__Clamd__ProbeInterval"] = "200ms",
            ["ClamProxy__Clamd__RestTime"] = "100ms",
            ["ClamProxy__Clamd__RestTimeMax"] = "300ms",
            ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "ClamProxy.JobSteps.dll"),
            ["JOB_STEPS_SOCKET"] = Steps.Path,
            ["JOB_STEPS_ROLE"] = $"{role}",
            ["JOB_STEPS_LATE"] = _late.ToString("c", CultureInfo.InvariantCulture),
        });
}
