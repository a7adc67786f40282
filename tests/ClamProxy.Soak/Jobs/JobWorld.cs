using System.Globalization;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// The processes that jobs pass through, each of which tells of its steps:
/// <code>
///   client ──► api ────┬─► queue and results (a server with a relay for each process, or a file)
///             worker ──┤
///               │      └─► contents (a folder, or a bucket with a relay for each process)
///               └─relay─► clamd
/// </code>
/// </summary>
internal sealed class JobWorld : IAsyncDisposable
{
    private const string OfOtherWorker = "other";

    private readonly TempFolder _data = TempFolder.ForScratch();
    private readonly Dictionary<JobPart, ProxyProcess> _processes = [];
    private readonly List<(JobPart Role, string Log)> _ended = [];
    private readonly int _apiPort = FreePort.Next();
    private ClamdProcess? _clamd;
    private TimeSpan _late;

    private JobWorld(IQueueUnderTest queue, IObjectsUnderTest objects)
    {
        (Queue, Objects) = (queue, objects);
        Client = new JobClient(_apiPort);
    }

    public IQueueUnderTest Queue { get; }

    public IObjectsUnderTest Objects { get; }

    public StepServer Steps { get; } = new();

    public JobClient Client { get; }

    public FlakyRelay ClamdNetwork { get; private set; } = null!;

    /// <summary>The DATA_PATHs of API and worker: one for each, or the same.</summary>
    public IReadOnlyCollection<string> DataPaths => new[] { JobPart.Api, JobPart.Worker }.Select(role => DataPathOf($"{role}")).ToHashSet();

    private bool IsPerMachine => Queue.IsPerMachine || Objects.IsBucket;

    public static async Task<JobWorld> StartAsync(IQueueUnderTest queue, IObjectsUnderTest objects)
    {
        var world = new JobWorld(queue, objects);
        try
        {
            world._clamd = await ClamdProcess.StartAsync();
            world.ClamdNetwork = new FlakyRelay(world._clamd.Port);
            var (api, worker) = (world.StartAsync(JobPart.Api, $"{JobPart.Api}"), world.StartAsync(JobPart.Worker, $"{JobPart.Worker}"));
            (world._processes[JobPart.Api], world._processes[JobPart.Worker]) = (await api, await worker);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Null: it is a process of ClamProxy.</summary>
    public IServerUnderTest? ServerOf(JobPart part) => part switch
    {
        JobPart.Api or JobPart.Worker => null,
        JobPart.Queue => Queue,
        JobPart.Objects => Objects,
    };

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(JobPart role) => _processes[role].KillAsync();

    public async Task StartAgainAsync(JobPart role)
    {
        var dead = _processes[role];
        _ended.Add((role, dead.Log));
        _processes[role] = await StartAsync(role, $"{role}");
        await dead.DisposeAsync();
    }

    /// <summary>Stops the worker (SIGSTOP) until something has happened, which another worker is there for meanwhile.</summary>
    public async Task StopWorkerAsync(Func<Task> until)
    {
        await Queue.DoUnlockedAsync(DataPathOf($"{JobPart.Worker}"), _processes[JobPart.Worker].Freeze);
        try
        {
            await using var other = await StartAsync(JobPart.Worker, OfOtherWorker);
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
        await Task.WhenAll(StartAgainAsync(JobPart.Api), StartAgainAsync(JobPart.Worker));
    }

    /// <summary>The contents that are there, by their keys below objects/, and whatever else lies in DATA_PATH but the database.</summary>
    public async Task<IReadOnlyList<string>> FilesAsync()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return
        [
            .. (await Objects.ListAsync()).Select(key => Path.Combine("objects", key)),
            .. Directory.EnumerateFiles(_data.Path, "*", options).Where(path => !IsOwn(Path.GetFileName(path)))
                .Select(path => Path.GetRelativePath(_data.Path, path)),
        ];
    }

    /// <summary>What waits in the queue, as the worker tells it; a word where it does not know yet.</summary>
    public async Task<IEnumerable<string>> WaitingAsync()
    {
        var metrics = await _processes[JobPart.Worker].Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var lines = metrics.Split('\n').Where(line => line.StartsWith("clamproxy_jobs_waiting{", StringComparison.Ordinal)).ToList();
        return lines.Count == 0 ? ["unknown"] : lines.Where(line => !line.EndsWith(" 0", StringComparison.Ordinal));
    }

    /// <summary>What all processes of the role logged.</summary>
    public string LogOf(JobPart role) =>
        string.Join('\n', _ended.Where(ended => ended.Role == role).Select(ended => ended.Log).Append(_processes[role].Log));

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
        await Objects.DisposeAsync();
        await Steps.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>What a queue has there for itself.</summary>
    private static bool IsOwn(string name) => name.StartsWith("jobs.db", StringComparison.Ordinal) || name == "kafka-node";

    private string DataPathOf(string machine) => IsPerMachine ? _data.File(machine) : _data.Path;

    /// <summary>
    /// A folder that is the machine's own, where machines have folders of their own, but for contents that are in no bucket.
    /// </summary>
    private string MakeDataPath(string machine)
    {
        var path = DataPathOf(machine);
        var contents = _data.File("objects");
        if (IsPerMachine && !Objects.IsBucket && !Directory.Exists(path))
        {
            Directory.CreateDirectory(contents);
            Directory.CreateDirectory(path);
            Directory.CreateSymbolicLink(Path.Combine(path, "objects"), contents);
        }

        return path;
    }

    private Task<ProxyProcess> StartAsync(JobPart role, string machine) => ProxyProcess.StartAsync(
        new Dictionary<string, string>(Queue.VariablesOf(role).Concat(Objects.VariablesOf(role)))
        {
            ["DOORS"] = role == JobPart.Api ? "api" : "worker",
            ["API_PORT"] = _apiPort.ToString(CultureInfo.InvariantCulture),
            ["DATA_PATH"] = MakeDataPath(machine),
            ["RECORD_FOR"] = "0",
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
        },
        program: ProxyProgram.OfDotnet);
}
