using System.Globalization;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Soak.Load;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>
/// Many objects, which two processes with two workers each take from a queue: all have to be where they belong, no message may have been
/// worked on twice, and memory may not grow with the number of objects.
/// </summary>
internal sealed class BucketLoadRun(int count, int size, Action<string> print)
{
    private const int Processes = 2;
    private const int Uploaders = 4;
    private const int First = 10;

    /// <summary>MiB that a process may have resident at most: what a runtime needs, and less than one large file beside it.</summary>
    private const double Most = 250;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_limit = TimeSpan.FromHours(1);

    private readonly List<ProxyProcess> _workers = [];

    /// <returns>Whether everything was right.</returns>
    public async Task<bool> RunAsync()
    {
        await using var store = await MotoServer.StartAsync();
        await using var clamd = await ClamdProcess.StartAsync(
            "MaxFileSize 2000M", "MaxScanSize 2000M", "StreamMaxLength 2000M", "MaxScanTime 600000");
        var s3 = new S3Options
        {
            EndpointUrl = $"http://127.0.0.1:{store.Port}",
            AccessKey = store.AccessKey,
            SecretKey = store.SecretKey,
        };
        using var client = S3Clients.Open(s3);
        using var queues = SqsClients.Open($"{s3.EndpointUrl}/0/q", new SqsOptions(), s3);
        var buckets = new RaceBuckets(client, BucketAction.Move, Versioning.Off);
        await buckets.CreateAsync();
        var queue = (await queues.CreateQueueAsync($"events-{buckets.Untrusted}")).QueueUrl;

        // moto gives a message to two that ask in the same moment: they ask one after the other.
        await using var line = await S3Relay.StartAsync(store.Port);
        using var turn = new SemaphoreSlim(1);
        line.Before = async _ =>
        {
            await turn.WaitAsync();
            return true;
        };
        line.After = _ =>
        {
            turn.Release();
            return Task.FromResult(true);
        };
        try
        {
            for (var i = 0; i < Processes; i++)
            {
                _workers.Add(await ProxyProcess.StartAsync(VariablesOf(s3, buckets, queue, clamd, line.Port)));
            }

            using var limit = new CancellationTokenSource(s_limit);
            using var done = new CancellationTokenSource();
            var processes = _workers.Select((worker, number) => ($"worker {number}", worker.Id)).ToDictionary();
            var memory = new MemoryPeaks(processes, Most);
            var sampling = memory.SampleAsync(async () => await DeletedAsync() < Math.Max(1, count / First), done.Token);
            var started = TimeProvider.System.GetTimestamp();
            var objects = new LoadObjects(client, buckets.Untrusted, size);
            await PutAsync(objects, told => queues.SendMessageAsync(queue, EventText.Of(told), limit.Token), buckets, limit.Token);
            while (await DeletedAsync() < count)
            {
                await Task.Delay(s_look, limit.Token);
            }

            var took = TimeProvider.System.GetElapsedTime(started);
            await done.CancelAsync();
            await sampling;
            var problems = await ProblemsAsync(objects, client, buckets);
            var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
            print(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} objects of {size >> 10} KiB in {took.TotalSeconds:F1} s: {count / took.TotalSeconds:F1}/s; "
                    + $"wrong {problems.Count} {problems.FirstOrDefault()}; load {load}; resident memory in MiB:"));
            return memory.Write(print) && problems.Count == 0;
        }
        finally
        {
            foreach (var worker in _workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private async Task PutAsync(LoadObjects objects, Func<ObjectEvent, Task> tell, RaceBuckets buckets, CancellationToken limit)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Uploaders).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await objects.PutAsync(i, limit);
                await tell(new ObjectEvent(buckets.Untrusted, LoadObjects.KeyOf(i)));
            }
        }));
    }

    private async Task<List<string>> ProblemsAsync(LoadObjects objects, Amazon.S3.AmazonS3Client client, RaceBuckets buckets)
    {
        var problems = new List<string>();
        var (clean, bad) = (await SizesAsync(client, buckets.Clean), await SizesAsync(client, buckets.Quarantine));
        for (var i = 0; i < count; i++)
        {
            var (there, elsewhere) = objects.IsInfected(i) ? (bad, clean) : (clean, bad);
            var key = LoadObjects.KeyOf(i);
            if (there.GetValueOrDefault(key, -1) != size || elsewhere.ContainsKey(key))
            {
                problems.Add($"{key} is not where it belongs");
            }
        }

        if (await SizesAsync(client, buckets.Untrusted) is { Count: > 0 } left)
        {
            problems.Add($"{left.Count} are left in Untrusted");
        }

        var placed = await SumAsync("clamproxy_buckets_objects_total");
        var tries = await SumAsync("clamproxy_buckets_failures_total");
        if (placed != count || tries != 0 || await DeletedAsync() != count)
        {
            problems.Add($"{placed} were placed and {await DeletedAsync()} messages deleted, {tries} tries failed");
        }

        return problems;
    }

    private static async Task<Dictionary<string, long>> SizesAsync(Amazon.S3.AmazonS3Client client, string bucket)
    {
        var sizes = new Dictionary<string, long>();
        await foreach (var one in client.Paginators.ListObjectsV2(new() { BucketName = bucket }).S3Objects)
        {
            sizes[one.Key] = one.Size ?? 0;
        }

        return sizes;
    }

    private Task<double> DeletedAsync() => SumAsync("clamproxy_buckets_messages_total", "outcome=\"deleted\"");

    private async Task<double> SumAsync(string name, params string[] labels)
    {
        var sum = 0.0;
        foreach (var worker in _workers)
        {
            sum += new Metrics(await worker.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Sum(name, labels);
        }

        return sum;
    }

    private static Dictionary<string, string> VariablesOf(
        S3Options s3, RaceBuckets buckets, string queue, ClamdProcess clamd, int queuePort)
    {
        return new()
        {
            ["DOORS"] = "buckets",
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["MAX_FILE_SIZE"] = "1900M",
            ["LOG_LEVEL"] = "Error",
            ["S3_ENDPOINT_URL"] = s3.EndpointUrl,
            ["S3_ACCESS_KEY"] = s3.AccessKey,
            ["S3_SECRET_KEY"] = s3.SecretKey,
            ["SQS_ENDPOINT_URL"] = $"http://127.0.0.1:{queuePort}",
            ["ClamProxy__Sqs__WaitTime"] = "1s",
            ["ClamProxy__Buckets__load__Untrusted"] = buckets.Options.Untrusted,
            ["ClamProxy__Buckets__load__Clean"] = buckets.Options.Clean,
            ["ClamProxy__Buckets__load__Quarantine"] = buckets.Options.Quarantine,
            ["ClamProxy__Buckets__load__Queue"] = queue,
            ["ClamProxy__Buckets__load__Workers"] = "2",
        };
    }
}
