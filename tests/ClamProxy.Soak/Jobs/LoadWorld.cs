using System.Globalization;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>One API, two workers and two clamds on a queue, with ClamProxy's defaults.</summary>
internal sealed class LoadWorld : IAsyncDisposable
{
    private const int Workers = 2;

    private readonly TempFolder _data = new();
    private readonly List<ClamdProcess> _clamds = [];
    private readonly ProxyProcess?[] _workers = new ProxyProcess?[Workers];
    private readonly int _apiPort = FreePort.Next();
    private readonly IQueueUnderTest _queue;
    private ProxyProcess? _api;

    private LoadWorld(IQueueUnderTest queue)
    {
        _queue = queue;
        Client = new JobClient(_apiPort);
    }

    public JobClient Client { get; }

    /// <summary>The processes of ClamProxy by their names.</summary>
    public IReadOnlyDictionary<string, int> ProcessIds => new Dictionary<string, int>
    {
        ["api"] = _api!.Id,
        ["worker 1"] = _workers[0]!.Id,
        ["worker 2"] = _workers[1]!.Id,
    };

    public static async Task<LoadWorld> StartAsync(IQueueUnderTest queue)
    {
        var world = new LoadWorld(queue);
        try
        {
            // clamd's own limits end at 100 MiB.
            string[] large = ["MaxFileSize 1000M", "MaxScanSize 1000M", "StreamMaxLength 1000M", "MaxScanTime 600000"];
            world._clamds.Add(await ClamdProcess.StartAsync(large));
            world._clamds.Add(await ClamdProcess.StartAsync(large));
            world._api = await world.StartAsync("api", JobPart.Api);
            for (var i = 0; i < Workers; i++)
            {
                await world.StartWorkerAsync(i);
            }

            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a worker (SIGKILL) and starts it again.</summary>
    public async Task KillWorkerAsync(int number)
    {
        var dead = _workers[number % Workers]!;
        await dead.KillAsync();
        await StartWorkerAsync(number % Workers);
        await dead.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _workers.Append(_api))
        {
            await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Client.Dispose();
        foreach (var clamd in _clamds)
        {
            await clamd.DisposeAsync();
        }

        await _queue.DisposeAsync();
        _data.Dispose();
    }

    private async Task StartWorkerAsync(int number) => _workers[number] = await StartAsync("worker", JobPart.Worker);

    private Task<ProxyProcess> StartAsync(string doors, JobPart role) => ProxyProcess.StartAsync(
        new Dictionary<string, string>(_queue.VariablesOf(role))
        {
            ["DOORS"] = doors,
            ["API_PORT"] = _apiPort.ToString(CultureInfo.InvariantCulture),
            ["DATA_PATH"] = _data.Path,
            ["CLAMD_HOSTS"] = string.Join(',', _clamds.Select(clamd => clamd.UnixEndpoint)),
            ["LOG_LEVEL"] = "Warning",
        });
}
