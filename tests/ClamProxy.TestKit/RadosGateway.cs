using System.Globalization;

namespace ClamProxy.TestKit;

/// <summary>Ceph's S3 server on a cluster of one monitor and one store in memory, all on loopback: it checks signatures.</summary>
public sealed class RadosGateway : IS3Server
{
    private const string StoreId = "5b1c0b4e-7bb1-4f0e-9d0a-1f1f6bb5a001";
    private const string ClusterId = "3f0e2c1a-0f37-4a63-9d4f-6f0d6c5e7a11";

    // A busy machine takes several times the 15 s of an idle one.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly TempFolder _folder = new();
    private readonly List<ServerProcess> _servers = [];
    private readonly int _monitorPort = FreePort.Next();

    private RadosGateway()
    {
    }

    public int Port { get; } = FreePort.Next();

    public string AccessKey => "clamproxy";

    public string SecretKey => "s3cret-of-ceph";

    public bool ChecksSignatures => true;

    /// <exception cref="FileNotFoundException">Ceph is not installed: ./test.sh installs it.</exception>
    public static async Task<RadosGateway> StartAsync(CancellationToken cancelled)
    {
        var gateway = new RadosGateway();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            limit.CancelAfter(StartLimit);
            await gateway.StartAllAsync(limit.Token);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a user who owns nothing: what it may do, policies of buckets say. Its access key is its name.</summary>
    public Task AddUserAsync(string name, string secretKey, CancellationToken cancelled) => RunAsync(
        "radosgw-admin",
        [
            .. Settings, "-n", "client.rgw", "user", "create", $"--uid={name}", $"--display-name={name}", $"--access-key={name}",
            $"--secret-key={secretKey}",
        ],
        cancelled);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAllAsync(CancellationToken cancelled)
    {
        await File.WriteAllTextAsync(_folder.File("ceph.conf"), Configuration(), cancelled);
        foreach (var folder in new[] { "mon", "osd", "rgw" })
        {
            Directory.CreateDirectory(_folder.File(folder));
        }

        var address = $"[v2:127.0.0.1:{_monitorPort}]";
        await RunAsync("monmaptool", ["--create", "--fsid", ClusterId, "--addv", "a", address, _folder.File("monmap")], cancelled);
        await RunAsync("ceph-mon", [.. Settings, "--mkfs", "-i", "a", "--monmap", _folder.File("monmap")], cancelled);
        Serve("ceph-mon", "-f", "-i", "a");
        await RunAsync("ceph", [.. Settings, "osd", "new", StoreId], cancelled);
        await RunAsync("ceph-osd", [.. Settings, "-i", "0", "--mkfs", "--osd-uuid", StoreId], cancelled);
        Serve("ceph-osd", "-f", "-i", "0");
        await RunAsync(
            "radosgw-admin",
            [
                .. Settings, "-n", "client.rgw", "user", "create", "--uid=clamproxy", "--display-name=clamproxy",
                $"--access-key={AccessKey}", $"--secret-key={SecretKey}",
            ],
            cancelled);
        await Serve("radosgw", "-n", "client.rgw", "-f").UntilListensAsync(Port, StartLimit);
    }

    private string[] Settings => ["-c", _folder.File("ceph.conf")];

    private ServerProcess Serve(string program, params string[] arguments)
    {
        var server = ServerProcess.Start(program, [.. Settings, .. arguments]);
        _servers.Add(server);
        return server;
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancelled)
    {
        await using var process = ServerProcess.Start(program, arguments);
        await process.WaitForExitAsync(cancelled);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{process.Log}");
        }
    }

    private string Configuration() => string.Create(CultureInfo.InvariantCulture, $"""
        [global]
        fsid = {ClusterId}
        mon host = [v2:127.0.0.1:{_monitorPort}]
        public addr = 127.0.0.1
        cluster addr = 127.0.0.1
        auth cluster required = none
        auth service required = none
        auth client required = none
        ms cluster mode = crc
        ms service mode = crc
        ms client mode = crc
        ms mon client mode = crc
        ms mon service mode = crc
        ms mon cluster mode = crc
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 1
        osd pool default pgp num = 1
        osd pool default pg autoscale mode = off
        osd crush chooseleaf type = 0
        mon allow pool size one = true
        mon data = {_folder.Path}/mon
        osd data = {_folder.Path}/osd
        osd objectstore = memstore
        memstore device bytes = 1073741824
        run dir = {_folder.Path}
        admin socket =
        pid file =
        log file = /dev/null
        mon cluster log file = /dev/null
        keyring = {_folder.Path}/none
        rgw trust forwarded https = true
        rgw data = {_folder.Path}/rgw
        rgw frontends = beast endpoint=127.0.0.1:{Port}

        """);
}
