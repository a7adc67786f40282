using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Deliveries;

/// <summary>Records in one folder, opened as by several processes, and their clock.</summary>
internal sealed class RecordRig : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly List<DeliveryRecord> _open = [];

    public FakeTimeProvider Clock { get; } = FakeClock.Create();

    public TestMeters Meters { get; } = new();

    public FakeLogCollector Log { get; } = new();

    public string Folder => _folder.File("record");

    public string File => Path.Combine(Folder, "deliveries.db");

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public async Task<DeliveryRecord> OpenAsync(DeliveryOptions? options = null, TimeProvider? clock = null)
    {
        var record = new DeliveryRecord(
            options ?? Options(), new DeliveryMetrics(Meters), clock ?? Clock, new FakeLogger<DeliveryRecord>(Log));
        await record.StartAsync(CancellationToken.None);
        _open.Add(record);
        return record;
    }

    public DeliveryOptions Options(int maxPending = 8192, TimeSpan? waitFor = null, long size = 1L << 30, bool hashed = false) => new()
    {
        Path = Folder,
        MaxPending = maxPending,
        WaitFor = waitFor ?? TimeSpan.FromSeconds(1),
        Size = size,
        Hashed = hashed,
    };

    public Delivery Delivery(string content = "file", string client = "10.0.0.7", string url = "https://h/a", long bytes = 5) =>
        new(Hash(content), Verdict.Clean, "proxy", url, bytes)
        {
            Client = client,
            User = "ci",
            RequestId = "abc-1",
            BeganAt = Clock.GetUtcNow(),
        };

    /// <summary>Has no process write until it is disposed of.</summary>
    public IDisposable Lock()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }

    public async Task CloseAsync(DeliveryRecord record)
    {
        _open.Remove(record);
        await record.StopAsync(CancellationToken.None).WaitAsync(Limit);
        record.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var record in _open.ToList())
        {
            await CloseAsync(record);
        }

        Meters.Dispose();
        _folder.Dispose();
    }
}
