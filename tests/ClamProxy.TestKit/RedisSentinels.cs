using System.Globalization;

namespace ClamProxy.TestKit;

/// <summary>A primary with two replicas, and three Sentinels that replace it within about a second.</summary>
public sealed class RedisSentinels : IRedisServers, IAsyncDisposable
{
    public const string Primary = "the-primary";

    private const int Servers = 3;
    private const int Sentinels = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly int[] _ports = [.. Enumerable.Range(0, Sentinels).Select(_ => FreePort.Next())];
    private readonly List<RedisProcess> _servers = [];
    private readonly ServerProcess?[] _sentinels = new ServerProcess?[Sentinels];
    private readonly string? _password;
    private readonly string? _sentinelPassword;

    private RedisSentinels(string? password, string? sentinelPassword) => (_password, _sentinelPassword) = (password, sentinelPassword);

    public string Url
    {
        get
        {
            var login = _password is null ? "" : $":{Uri.EscapeDataString(_password)}@";
            var query = _sentinelPassword is null ? "" : $"?sentinel_password={Uri.EscapeDataString(_sentinelPassword)}";
            return $"redis+sentinel://{login}{string.Join(',', _ports.Select(port => $"127.0.0.1:{port}"))}/{Primary}/0{query}";
        }
    }

    /// <summary>The servers in the order of their start: the first is the first primary.</summary>
    public IReadOnlyList<RedisProcess> All => _servers;

    /// <summary>What all of them printed.</summary>
    public string Log =>
        string.Join("\n====\n", _servers.Select(server => server.Log).Concat(_sentinels.Select(sentinel => sentinel?.Log)));

    /// <summary>Starts them and waits until replicas follow and Sentinels know them.</summary>
    public static async Task<RedisSentinels> StartAsync(string? password = null, string? sentinelPassword = null)
    {
        var all = new RedisSentinels(password, sentinelPassword);
        try
        {
            await all.StartServersAsync();
            await all.StartSentinelsAsync();
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server that calls itself the primary; of several the one started last.</summary>
    public async Task<RedisProcess> PrimaryAsync()
    {
        var roles = await Task.WhenAll(_servers.Select(async server => (Server: server, Role: await RoleAsync(server))));
        return roles.Last(one => one.Role is "master").Server;
    }

    public async Task<string?> AskAsync(params string[] command) => await (await PrimaryAsync()).AskAsync(command);

    public Task EmptyAsync() => AskAsync("FLUSHALL");

    /// <summary>Waits until every server that lives follows one primary.</summary>
    public async Task SettledAsync()
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (true)
        {
            var roles = await Task.WhenAll(_servers.Select(RoleAsync));
            var replicas = roles.Count(role => role is "master") == 1
                ? await Task.WhenAll(
                    _servers.Where((_, place) => roles[place] is "slave").Select(server => server.AskAsync("INFO", "replication")))
                : [];
            if (replicas.Length == roles.Count(role => role is not null) - 1
                && Array.TrueForAll(replicas, info => info!.Contains("master_link_status:up", StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Ends all Sentinels at once; the servers go on.</summary>
    public async Task KillSentinelsAsync()
    {
        for (var place = 0; place < Sentinels; place++)
        {
            await (_sentinels[place]?.DisposeAsync() ?? default);
            _sentinels[place] = null;
        }
    }

    public async Task StartSentinelsAsync()
    {
        for (var place = 0; place < Sentinels; place++)
        {
            _sentinels[place] = ServerProcess.Start("redis-server", [Configure(place), "--sentinel"]);
        }

        for (var place = 0; place < Sentinels; place++)
        {
            var sentinel = RedisProcess.Running(_ports[place], _sentinelPassword);
            await _sentinels[place]!.WaitUntilAsync(() => IsReadyAsync(sentinel), Deadline);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillSentinelsAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task<string?> RoleAsync(RedisProcess server)
    {
        try
        {
            return (await server.AskAsync("ROLE"))?.Split('\n')[0];
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            return null;
        }
    }

    private static async Task<bool> IsReadyAsync(RedisProcess sentinel)
    {
        try
        {
            // As lists of names and values: all lines of "flags" of the replicas say more than that they are replicas while they are not
            // seen.
            var primary = await sentinel.AskAsync("SENTINEL", "MASTER", Primary) ?? "";
            var replicas = await sentinel.AskAsync("SENTINEL", "REPLICAS", Primary) ?? "";
            return primary.Contains("flags\nmaster\n", StringComparison.Ordinal) && replicas.Split("flags\nslave\n").Length == Servers;
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
        {
            return false;
        }
    }

    private async Task StartServersAsync()
    {
        string[] common = ["--repl-diskless-sync-delay", "0", .. _password is null ? (string[])[] : ["--masterauth", _password]];
        _servers.Add(await RedisProcess.StartAsync(_password, common));
        var port = _servers[0].Port.ToString(CultureInfo.InvariantCulture);
        for (var replica = 1; replica < Servers; replica++)
        {
            _servers.Add(await RedisProcess.StartAsync(_password, [.. common, "--replicaof", "127.0.0.1", port]));
        }

        await SettledAsync();
    }

    // They know each other from the start: else they meet over the primary only after some seconds.
    private string Configure(int place)
    {
        static string Id(int place) => new((char)('a' + place), 40);
        var file = Path.Combine(_folder.Path, $"sentinel-{place}.conf");
        string[] lines =
        [
            $"port {_ports[place]}",
            "bind 127.0.0.1",
            $"dir {_folder.Path}",
            .. _sentinelPassword is null
                ? (string[])[]
                : [$"requirepass \"{_sentinelPassword}\"", $"sentinel sentinel-pass \"{_sentinelPassword}\""],
            $"sentinel myid {Id(place)}",
            $"sentinel monitor {Primary} 127.0.0.1 {_servers[0].Port} 2",
            $"sentinel down-after-milliseconds {Primary} 500",
            $"sentinel failover-timeout {Primary} 3000",
            $"sentinel parallel-syncs {Primary} 2",
            .. _password is null ? (string[])[] : [$"sentinel auth-pass {Primary} \"{_password}\""],
            .. _servers.Skip(1).Select(server => $"sentinel known-replica {Primary} 127.0.0.1 {server.Port}"),
            .. Enumerable.Range(0, Sentinels).Where(other => other != place).Select(
                other => $"sentinel known-sentinel {Primary} 127.0.0.1 {_ports[other]} {Id(other)}"),
        ];
        File.WriteAllLines(file, lines);
        return file;
    }
}
