using System.Security.Cryptography;
using System.Text.Json;
using ClamProxy.Core.Deliveries;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>The variables of clambucket and avscanner start a flow that works, and its command takes what nobody announced.</summary>
public sealed class BucketSeedTests(MotoFixture moto) : IClassFixture<MotoFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly byte[] Fine = [.. "fine"u8];

    [Fact]
    public async Task VariablesOfClambucket_MoveObjectsOfAnyBucket()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.PutAsync("docs/a b.txt", Fine);
        await rig.PutAsync("bad.com", Eicar.Bytes);
        await rig.TellAsync("docs/a b.txt");
        await rig.TellAsync("bad.com");

        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>(S3(rig))
        {
            ["DOORS"] = "buckets",
            ["EVENT_HANDLER"] = "sqs",
            ["EVENT_CONFIG"] = rig.Queue,
            ["CLEAN_BUCKET"] = rig.Clean,
            ["CLEAN_PREFIX"] = "passed",
            ["QUARANTINE_BUCKET"] = rig.Quarantine,
            ["QUARANTINE_PREFIX"] = "held",
            ["ASSUME_ROLE_ARN"] = "arn:aws:iam::123456789012:role/scanner",
            ["AWS_ENDPOINT_URL_STS"] = rig.Options.EndpointUrl,
            ["AWS_REGION"] = "us-east-1",
            ["WATCH"] = "false",
            ["ClamProxy__Sqs__WaitTime"] = "1s",
        }, waitUntilReady: false);
        using var limit = new CancellationTokenSource(Limit);
        await proxy.WaitForExitAsync(limit.Token);

        Assert.True(proxy.ExitCode == 0, proxy.Log);
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(["passed/docs/a b.txt"], await rig.KeysAsync(rig.Clean));
        Assert.Equal(["held/bad.com", "held/bad.com.report.json"], await rig.KeysAsync(rig.Quarantine));
    }

    [Fact]
    public async Task KilledInTheMiddle_TheNextProcessDoesTheRest()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        string[] keys = [.. Enumerable.Range(100, 40).Select(number => $"file-{number}")];
        foreach (var key in keys)
        {
            await rig.PutAsync(key, RandomBody.Of(10_000));
            await rig.TellAsync(key);
        }

        var settings = new Dictionary<string, string>(S3(rig))
        {
            ["DOORS"] = "buckets",
            ["ClamProxy__Buckets__uploads__Untrusted"] = $"s3://{rig.Untrusted}",
            ["ClamProxy__Buckets__uploads__Clean"] = $"s3://{rig.Clean}",
            ["ClamProxy__Buckets__uploads__Quarantine"] = $"s3://{rig.Quarantine}",
            ["ClamProxy__Buckets__uploads__Queue"] = rig.Queue,
            ["ClamProxy__Buckets__uploads__HiddenFor"] = "10s",
            ["ClamProxy__Sqs__WaitTime"] = "1s",
        };
        await using (var killed = await ProxyProcess.StartAsync(settings, waitUntilReady: false))
        {
            await FlowRig.UntilAsync(async () => (await rig.KeysAsync(rig.Clean)).Length >= 5);
            await killed.KillAsync();
        }

        Assert.Equal(keys, (await rig.KeysAsync(rig.Untrusted)).Union(await rig.KeysAsync(rig.Clean)).Order(StringComparer.Ordinal));
        await using var next = await ProxyProcess.StartAsync(settings, waitUntilReady: false);
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);

        Assert.Equal(keys, await rig.KeysAsync(rig.Clean));
        Assert.Empty(await rig.KeysAsync(rig.Untrusted));
        Assert.Empty(await rig.KeysAsync(rig.Quarantine));
    }

    [Fact]
    public async Task VariablesOfAvscanner_KeepCleanObjectsAndSendTheirEventsOn()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        await rig.PutAsync("id/a.txt", Fine);
        await rig.PutAsync("id/bad.com", Eicar.Bytes);
        await rig.TellAsync("id/a.txt");
        await rig.TellAsync("id/bad.com");

        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>(S3(rig))
        {
            ["DOORS"] = "buckets",
            ["UNPROCESSED_BUCKET_NAME"] = rig.Untrusted,
            ["QUARANTINE_BUCKET_NAME"] = rig.Quarantine,
            ["VIRUS_SCANNING_QUEUE_NAME"] = rig.Queue[(rig.Queue.LastIndexOf('/') + 1)..],
            ["VALIDATION_QUEUE_NAME"] = rig.Forward[(rig.Forward.LastIndexOf('/') + 1)..],
            ["VIRUS_NOTIFICATION_TOPIC_ARN"] = await rig.TopicAsync(),
            ["AWS_SQS_ENDPOINT_URL"] = rig.Options.EndpointUrl,
            ["AWS_SNS_ENDPOINT_URL"] = rig.Options.EndpointUrl,
        });
        await FlowRig.UntilAsync(async () => await rig.MessagesAsync(rig.Queue) == 0);

        var ready = await proxy.Management.GetStringAsync(
            new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("\"flow\": \"default\"", ready, StringComparison.Ordinal);
        var metrics = await proxy.Management.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("clamproxy_buckets_objects_total{outcome=\"infected\"} 1", metrics, StringComparison.Ordinal);
        Assert.Equal(["id/a.txt"], await rig.KeysAsync(rig.Untrusted));
        Assert.Equal("clean", (await rig.TagsAsync(rig.Untrusted, "id/a.txt"))["scan-status"]);
        Assert.Equal(["id/bad.com", "id/bad.com.report.json"], await rig.KeysAsync(rig.Quarantine));
        string[] sent = [(await rig.TakeAsync(rig.Forward))!, (await rig.TakeAsync(rig.Forward))!];
        Assert.Null(await rig.TakeAsync(rig.Forward));
        Assert.Single(sent, one => one.Contains("id%2Fa.txt", StringComparison.Ordinal));
        var notice = JsonDocument.Parse(Assert.Single(sent, one => one.Contains("Notification", StringComparison.Ordinal))).RootElement;
        var report = JsonDocument.Parse(notice.GetProperty("Message").GetString()!).RootElement;
        Assert.Equal(("id/bad.com", "infected"), (report.GetProperty("key").GetString(), report.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task Command_TakesOneObjectOrAllOfAPrefixAndRecordsWhereTheyWent()
    {
        await using var rig = await FlowRig.StartAsync(moto.Server);
        using var folder = new TempFolder();
        foreach (var key in (string[])["one", "all/a", "all/b", "left"])
        {
            await rig.PutAsync(key, Fine);
        }

        await rig.PutAsync("all/bad.com", Eicar.Bytes);

        var (oneExit, one) = await RunAsync(rig, folder.Path, $"s3://{rig.Untrusted}/one");
        var (allExit, all) = await RunAsync(rig, folder.Path, $"--sweep s3://{rig.Untrusted}/all/");
        var (goneExit, gone) = await RunAsync(rig, folder.Path, $"s3://{rig.Untrusted}/one");

        Assert.True(oneExit == 0, one);
        Assert.Contains($"clean: s3://{rig.Untrusted}/one", one, StringComparison.Ordinal);
        Assert.True(allExit == 1, all);
        Assert.Contains("3 files, 76 B: 2 clean, 1 refused, 0 failed", all, StringComparison.Ordinal);
        Assert.True(goneExit == 2, gone);
        Assert.Equal(["left"], await rig.KeysAsync(rig.Untrusted));
        Assert.Equal(["all/a", "all/b", "one"], await rig.KeysAsync(rig.Clean));
        var takers = await TakersOfFineAsync(folder.Path);
        Assert.Equal(
            new[] { "all/a", "all/b", "one" }.Select(key => ($"s3://{rig.Untrusted}/{key}", $"s3://{rig.Clean}/{key}")),
            takers.Some.Select(taker => (taker.Url, taker.Client ?? "")).Order());
    }

    private static async Task<Takers> TakersOfFineAsync(string folder)
    {
        using var meters = new TestMeters();
        using var record = new DeliveryRecord(
            new DeliveryOptions { Path = folder }, new DeliveryMetrics(meters), TimeProvider.System, NullLogger<DeliveryRecord>.Instance);
        await record.StartAsync(TestContext.Current.CancellationToken);
        var takers = await record.FindAsync(Convert.ToHexStringLower(SHA256.HashData(Fine)), TestContext.Current.CancellationToken);
        await record.StopAsync(TestContext.Current.CancellationToken);
        return takers;
    }

    private static Dictionary<string, string> S3(FlowRig rig) => new()
    {
        ["CLAMD_HOSTS"] = rig.Clamd.Endpoint,
        ["S3_ENDPOINT_URL"] = rig.Options.EndpointUrl,
        ["S3_ACCESS_KEY"] = rig.Options.AccessKey,
        ["S3_SECRET_KEY"] = rig.Options.SecretKey,
    };

    private static async Task<(int ExitCode, string Output)> RunAsync(FlowRig rig, string record, string arguments)
    {
        await using var shell = ServerProcess.Start(
            "bash",
            ["-c", $"{ProxyProgram.Tested.Line} bucket {arguments}"],
            new Dictionary<string, string>(S3(rig))
            {
                ["EVENT_HANDLER"] = "cli",
                ["CLEAN_BUCKET"] = rig.Clean,
                ["QUARANTINE_BUCKET"] = rig.Quarantine,
                ["RECORD_PATH"] = record,
            });
        using var limit = new CancellationTokenSource(Limit);
        await shell.WaitForExitAsync(limit.Token);
        return (shell.ExitCode, shell.Log);
    }
}
