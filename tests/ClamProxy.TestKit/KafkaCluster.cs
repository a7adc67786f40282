using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ClamProxy.TestKit;

/// <summary>
/// Kafka brokers that speak its protocol on loopback, for any number of processes: the mock cluster of the client's own library. It has
/// topics, groups, rebalances and commits; what it keeps is in memory.
/// </summary>
public sealed partial class KafkaCluster : IDisposable
{
    private const string Library = "librdkafka";
    private const int Brokers = 3;
    private const int Never = 3_600_000;
    private const short Produce = 0;
    private const short OffsetCommit = 8;

    /// <summary>The first needs libsasl2 on the machine; the client itself tries the same ones.</summary>
    private static readonly string[] s_builds = [Library, "alpine-librdkafka", "centos8-librdkafka"];

    private readonly nint _client;
    private readonly nint _cluster;

    /// <summary>By the numbers of brokers that are down: their ports, bound and not listened on.</summary>
    private readonly Dictionary<int, Socket> _ports = [];

    private bool _isDisposed;

    static KafkaCluster() => NativeLibrary.SetDllImportResolver(typeof(KafkaCluster).Assembly, (name, assembly, path) =>
    {
        nint handle = 0;
        _ = name == Library && s_builds.Any(build => NativeLibrary.TryLoad(build, assembly, path, out handle));
        return handle;
    });

    public KafkaCluster()
    {
        var text = new byte[512];
        _client = New(0, ConfNew(), text, text.Length);
        if (_client == 0)
        {
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(text).TrimEnd('\0'));
        }

        _cluster = ClusterNew(_client, Brokers);
        RebalanceDelay(_cluster, 50);
        Servers = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    /// <summary>Hosts and ports, separated by commas.</summary>
    public string Servers { get; }

    public void AddTopic(string name, int partitions) => Check(TopicCreate(_cluster, name, partitions, Brokers));

    /// <summary>No broker takes connections any more, and those that there are end.</summary>
    public void SetDown()
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            Check(SetDown(_cluster, broker));
            KeepPort(broker);
        }
    }

    public void SetUp()
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            Check(SetUp(_cluster, broker));
            GivePortUp(broker);
        }
    }

    /// <summary>
    /// Brokers do what they are asked from now on, and none of their answers arrives, until <see cref="SetDown()"/>, which loses them.
    /// </summary>
    /// <returns>Ends when something was written: a message, an offset.</returns>
    public async Task LoseAnswersAsync(CancellationToken cancellationToken)
    {
        StartTracking(_cluster);
        SetDelay(Never);
        while (!HasWritten())
        {
            await Task.Delay(5, cancellationToken);
        }
    }

    /// <summary>Answers arrive again.</summary>
    public void StopLosingAnswers()
    {
        SetDelay(0);
        StopTracking(_cluster);
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            ClusterDestroy(_cluster);
            Destroy(_client);
            _ports.Keys.ToList().ForEach(GivePortUp);
        }
    }

    /// <summary>
    /// The library chooses ports that the kernel may give to anybody's connection, and aborts the process if a broker that comes back finds
    /// its own taken. Bound like this nobody is given it, connections are refused, and the library can listen on it.
    /// </summary>
    private void KeepPort(int broker)
    {
        if (!_ports.ContainsKey(broker))
        {
            var port = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _ports.Add(broker, port);
            port.Bind(IPEndPoint.Parse(Servers.Split(',')[broker - 1]));
        }
    }

    private void GivePortUp(int broker)
    {
        if (_ports.Remove(broker, out var port))
        {
            port.Dispose();
        }
    }

    private void SetDelay(int milliseconds)
    {
        for (var broker = 1; broker <= Brokers; broker++)
        {
            Check(SetDelay(_cluster, broker, milliseconds));
        }
    }

    private bool HasWritten()
    {
        var requests = Requests(_cluster, out var count);
        var keys = Enumerable.Range(0, (int)count).Select(number => KeyOf(Marshal.ReadIntPtr(requests, number * nint.Size))).ToList();
        DestroyRequests(requests, count);
        return keys.Exists(key => key is Produce or OffsetCommit);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"the mock cluster refused: {error}");
        }
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint conf, [Out] byte[] error, nint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    private static partial void RebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int SetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int SetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    private static partial int SetDelay(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_start_request_tracking")]
    private static partial void StartTracking(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_stop_request_tracking")]
    private static partial void StopTracking(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_get_requests")]
    private static partial nint Requests(nint cluster, out nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_request_api_key")]
    private static partial short KeyOf(nint request);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_request_destroy_array")]
    private static partial void DestroyRequests(nint requests, nuint count);
}
