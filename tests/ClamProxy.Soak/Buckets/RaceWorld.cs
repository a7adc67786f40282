using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.S3;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Scanning;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Soak.Buckets;

/// <summary>
/// A store with a relay before it, the flow as a worker runs it, and a scanner that says of each content what it is:
/// <code>
///   flow of the worker ──► relay ──► store ◄── client, other workers
///        └──► scanner
/// </code>
/// </summary>
internal sealed class RaceWorld : IAsyncDisposable
{
    public const int PartSize = 5 << 20;
    public const int Largest = 6 << 20;
    public const int CopyPartSize = 7 << 20;
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    private readonly IS3Server _server;
    private readonly TempFolder _folder = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private readonly ConcurrentDictionary<string, bool> _passed = [];
    private readonly Dictionary<RaceBuckets, (BucketFlow Relayed, BucketFlow Direct)> _flows = [];
    private readonly List<BucketSet> _sets = [];
    private readonly ConditionProbe _probe;
    private WebApplication? _host;

    private RaceWorld(IS3Server server)
    {
        _server = server;
        S3 = OptionsAt(server.Port);
        Client = S3Clients.Open(S3);
        var record = new DeliveryRecord(
            new DeliveryOptions(), new DeliveryMetrics(new TestMeters()), TimeProvider.System, NullLogger<DeliveryRecord>.Instance);
        var report = new BucketReport(
            new BucketMetrics(new TestMeters()), record, new RecentDecisions(0), TimeProvider.System, NullLogger<BucketFlow>.Instance);
        _probe = new ConditionProbe(SetAt(server.Port), S3, report);
        _clamd.OnContent = async (connection, content) =>
        {
            var isClean = !content.AsSpan().StartsWith("bad"u8);
            if (isClean)
            {
                _passed[Convert.ToHexStringLower(SHA256.HashData(content))] = true;
            }

            await connection.ReplyAsync(isClean ? "stream: OK\0" : "stream: Bad FOUND\0");
        };
    }

    public AmazonS3Client Client { get; }

    /// <summary>The store past the relay.</summary>
    public S3Options S3 { get; }

    /// <summary>Where queues are: moto has them too.</summary>
    public int QueuePort => _server.Port;

    public S3Relay Relay { get; private set; } = null!;

    public static async Task<RaceWorld> StartAsync(IS3Server server)
    {
        var world = new RaceWorld(server);
        try
        {
            world.Relay = await S3Relay.StartAsync(server.Port);
            await world.StartHostAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the scanner has seen these bytes, and found nothing.</summary>
    public bool HasPassed(string hash) => _passed.ContainsKey(hash);

    /// <summary>The flow as a worker has it, with what a process finds out of the store when it starts.</summary>
    /// <param name="isRelayed">Whether its calls pass the relay.</param>
    public async Task<BucketFlow> FlowOfAsync(RaceBuckets buckets, bool isRelayed)
    {
        if (!_flows.TryGetValue(buckets, out var flows))
        {
            var options = buckets.Options;
            var (relayed, direct) = (Open(options, SetAt(Relay.Port)), Open(options, SetAt(_server.Port)));
            await _probe.RunAsync(new OpenFlow("uploads", options, direct, null), CancellationToken.None);
            relayed.Conditions = direct.Conditions;
            _flows.Add(buckets, flows = (relayed, direct));
        }

        return isRelayed ? flows.Relayed : flows.Direct;
    }

    /// <summary>The settings of a process that works for this flow.</summary>
    public IReadOnlyDictionary<string, string> VariablesOf(RaceBuckets buckets, string queue) => new Dictionary<string, string>
    {
        ["DOORS"] = "buckets",
        ["CLAMD_HOSTS"] = _clamd.Endpoint,
        ["MAX_FILE_SIZE"] = $"{Largest}",
        ["LOG_LEVEL"] = "Information",
        ["S3_ENDPOINT_URL"] = $"http://127.0.0.1:{Relay.Port}",
        ["S3_ACCESS_KEY"] = _server.AccessKey,
        ["S3_SECRET_KEY"] = _server.SecretKey,
        ["ClamProxy__S3__PartSize"] = $"{PartSize}",
        ["ClamProxy__S3__CopyPartSize"] = $"{CopyPartSize}",
        ["ClamProxy__Sqs__WaitTime"] = "1s",
        ["ClamProxy__Clamd__ProbeInterval"] = "200ms",
        ["ClamProxy__Buckets__uploads__Untrusted"] = buckets.Options.Untrusted,
        ["ClamProxy__Buckets__uploads__Clean"] = buckets.Options.Clean,
        ["ClamProxy__Buckets__uploads__Quarantine"] = buckets.Options.Quarantine,
        ["ClamProxy__Buckets__uploads__Action"] = $"{buckets.Action}",
        ["ClamProxy__Buckets__uploads__Queue"] = queue,
        ["ClamProxy__Buckets__uploads__HiddenFor"] = "3s",
        ["ClamProxy__Buckets__uploads__RetryPause"] = "0",
    };

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
        }

        await (Relay?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _clamd.DisposeAsync();
        _sets.ForEach(set => set.Dispose());
        Client.Dispose();
        _folder.Dispose();
    }

    private BucketSet SetAt(int port)
    {
        var s3 = OptionsAt(port);
        var set = new BucketSet(S3Clients.Open(s3), s3, TimeProvider.System);
        _sets.Add(set);
        return set;
    }

    private BucketFlow Open(BucketFlowOptions options, BucketSet set)
    {
        var services = _host!.Services;
        var intake = new S3Intake(
            services.GetRequiredService<ContentIntake>(), services.GetRequiredService<IntakeOptions>(), S3, TimeProvider.System);
        return new BucketFlow(
            options,
            set,
            new BucketPlacement(options, set),
            intake,
            services.GetRequiredService<ContentScanner>(),
            new BucketNotices(forward: null, topic: null));
    }

    private S3Options OptionsAt(int port) => new()
    {
        EndpointUrl = $"http://127.0.0.1:{port}",
        AccessKey = _server.AccessKey,
        SecretKey = _server.SecretKey,
        PartSize = PartSize,
        CopyPartSize = CopyPartSize,
        Attempts = 2,
    };

    private async Task StartHostAsync()
    {
        var (host, problems) = ProxyApplication.Build(
        [
            $"--CLAMD_HOSTS={_clamd.Endpoint}",
            $"--SPOOL_PATH={_folder.Path}",
            "--PORT=0",
            "--MANAGEMENT_PORT=0",
            "--STOP_DELAY=0",
            "--STOP_WITHIN=2s",
            $"--MAX_FILE_SIZE={Largest}",
            "--ClamProxy:Clamd:ProbeInterval=100ms",
            "--LOG_LEVEL=Error",
        ]);
        _host = host ?? throw new InvalidOperationException(string.Join('\n', problems));
        await host.StartAsync();
        using var limit = new CancellationTokenSource(s_startLimit);
        while (!host.Services.GetRequiredService<IScanners>().CanScan)
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
