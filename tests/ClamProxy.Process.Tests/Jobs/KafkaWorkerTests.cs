using System.Text;
using System.Text.Json;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Tests.Jobs.Kafka;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>Real processes with Kafka between them.</summary>
public sealed class KafkaWorkerTests : IAsyncDisposable
{
    private readonly KafkaCluster _cluster = new();
    private readonly KafkaJobs _jobs;
    private readonly TempFolder _data = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();

    public KafkaWorkerTests() => _jobs = new KafkaJobs(_cluster, partitions: 3);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private KafkaOptions Topics => _jobs.Options;

    [Fact]
    public async Task MessagesOfAnotherProducer_AreScannedAndTheResultsAreInTheOutputTopic()
    {
        await using var worker = await StartAsync("worker", _data.Path);
        Directory.CreateDirectory(_data.File("objects"));
        await File.WriteAllBytesAsync(_data.File("objects/0b7e_bad"), Eicar.Bytes, Cancelled);
        await File.WriteAllBytesAsync(_data.File("objects/1c8f_good"), "good"u8.ToArray(), Cancelled);

        await _jobs.SendAsync(Topics.InputTopic, """{"id":"bad","bucket":"objects","key":"0b7e_bad"}"""u8.ToArray());
        await _jobs.SendAsync(Topics.InputTopic, "poison"u8.ToArray());
        await _jobs.SendAsync(
            Topics.InputTopic, """{"id":"good","bucket":"objects","key":"1c8f_good","original_filename":"good.txt"}"""u8.ToArray());
        await _jobs.SendAsync(Topics.InputTopic, """{"id":"gone","bucket":"objects","key":"2d90_gone"}"""u8.ToArray());

        var results = (await _jobs.ReadAsync(Topics.OutputTopic, 3))
            .Select(message => JsonSerializer.Deserialize<JsonElement>(message.Value)).ToDictionary(result => Text(result, "id")!);
        Assert.Equal(
            ("INFECTED", "Eicar-Test-Signature", "quarantine/0b7e_bad"),
            (Text(results["bad"], "status"), Text(results["bad"], "virus"), Text(results["bad"], "key")));
        Assert.Equal(
            ("CLEAN", null, "processed/1c8f_good", "good.txt"),
            (Text(results["good"], "status"), Text(results["good"], "virus"), Text(results["good"], "key"),
                Text(results["good"], "original_filename")));
        Assert.Equal("ERROR", Text(results["gone"], "status"));
        Assert.Equal("poison", Encoding.UTF8.GetString((await _jobs.ReadAsync(Topics.DeadTopic, 1))[0].Value));
    }

    [Fact]
    public async Task ApiAndWorkerWithNothingInCommonButTopicsAndObjects_EachJobHasItsResult()
    {
        using var other = Beside(_data);
        await using var api = await StartAsync("api", _data.Path);
        await using var worker = await StartAsync("worker", other.Path);

        var uploads = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number => (
            IsBad: number % 5 == 0,
            Id: await api.AcceptedAsync(number % 5 == 0 ? Eicar.Bytes : Encoding.UTF8.GetBytes($"content {number}")))));

        foreach (var (isBad, id) in uploads)
        {
            Assert.Equal(isBad ? "INFECTED" : "CLEAN", await api.StatusAsync(id));
        }

        using var file = await api.Api.GetAsync(new Uri($"/download/{uploads[1].Id}", UriKind.Relative), Cancelled);
        Assert.Equal("content 1", await file.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task WorkerIsKilledWhileItScans_AnotherDoesItsJobsAndEachHasOneResult()
    {
        using var other = Beside(_data);
        using var third = Beside(_data);
        var scanning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await mayEnd.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        await using var api = await StartAsync("api", _data.Path);
        await using var worker = await StartAsync("worker", other.Path);
        var ids = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(number => api.AcceptedAsync(Encoding.UTF8.GetBytes($"content {number}"))));
        await scanning.Task.WaitAsync(KafkaJobs.Limit, Cancelled);

        await worker.Process.KillAsync();
        mayEnd.SetResult();
        await using var next = await StartAsync("worker", third.Path);

        foreach (var id in ids)
        {
            Assert.Equal("CLEAN", await api.StatusAsync(id));
        }

        var results = await _jobs.ReadAsync(Topics.OutputTopic, ids.Length);
        Assert.Equal(ids.Order(), results.Select(result => result.Key!).Order());
    }

    [Fact]
    public async Task BrokersGoAwayAndComeBack_UploadsAre503MeanwhileAndNoAcceptedJobIsLost()
    {
        await using var machine = await StartAsync("api,worker", _data.Path, ("ClamProxy__Jobs__QueueTimeout", "00:00:10"));
        var before = await machine.AcceptedAsync("before"u8.ToArray());
        Assert.Equal("CLEAN", await machine.StatusAsync(before));

        _cluster.SetDown();
        var (status, _, retryAfter) = await machine.UploadAsync("meanwhile"u8.ToArray());
        Assert.Equal((503, true), (status, retryAfter is not null));
        Assert.Contains("\"available\": false", (await ReadinessAsync(machine)).Split("\"queue\"")[1], StringComparison.Ordinal);

        _cluster.SetUp();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? after = null;
        while (after is null)
        {
            (_, after, _) = await machine.UploadAsync("after"u8.ToArray());
            await Task.Delay(100, limit.Token);
        }

        Assert.Equal("CLEAN", await machine.StatusAsync(after));
        while ((await ReadinessAsync(machine)).Split("\"queue\"")[1].Contains("\"available\": false", StringComparison.Ordinal))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        await _clamd.DisposeAsync();
        _cluster.Dispose();
        _data.Dispose();
    }

    private static Task<string> ReadinessAsync(JobMachine machine) =>
        machine.Process.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancelled);

    private static string? Text(JsonElement result, string name) => result.GetProperty(name).GetString();

    /// <summary>A folder of another machine, which shares the objects of the first alone.</summary>
    private static TempFolder Beside(TempFolder first)
    {
        Directory.CreateDirectory(first.File("objects"));
        var other = new TempFolder();
        Directory.CreateSymbolicLink(other.File("objects"), first.File("objects"));
        return other;
    }

    private Task<JobMachine> StartAsync(string doors, string data, params (string Name, string Value)[] more) => JobMachine.StartAsync(
        doors,
        data,
        _clamd.Endpoint,
        $"kafka://{_cluster.Servers}",
        [("KAFKA_INPUT_TOPIC", Topics.InputTopic), ("KAFKA_OUTPUT_TOPIC", Topics.OutputTopic), ("KAFKA_GROUP", Topics.Group), .. more]);
}
