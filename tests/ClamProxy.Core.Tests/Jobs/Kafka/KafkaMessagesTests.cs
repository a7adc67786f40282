using System.Text;
using System.Text.Json;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>What other producers send, and what other consumers read.</summary>
public sealed class KafkaMessagesTests(KafkaCluster kafka) : IClassFixture<KafkaCluster>, IAsyncDisposable
{
    private const string Sha256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";
    private readonly KafkaJobs _jobs = new(kafka);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MessageOfAnotherProducer_IsAJob()
    {
        var queue = _jobs.OpenQueue(new JobOptions(), TimeProvider.System);
        await _jobs.SendAsync(_jobs.Options.InputTopic, """
            {"id": "5a1c", "status": "PENDING", "timestamp": "2025-11-03T10:11:12.130405", "details": null, "bucket": "objects",
             "key": "0b7e_report.pdf", "original_filename": "a/report.pdf"}
            """u8.ToArray());
        await _jobs.SendAsync($"{_jobs.Options.InputTopic}.high", """{"bucket":"objects","id":"n","key":"k","new":[1]}"""u8.ToArray());

        var taken = new[] { await TakeAsync(queue), await TakeAsync(queue) }.OrderBy(one => one.Job.Id).ToList();

        Assert.Equal(
            new Job("5a1c", "objects", "0b7e_report.pdf", "report.pdf", JobPriority.Normal, At("2025-11-03T10:11:12.130405Z")),
            taken[0].Job);
        Assert.Equal(("n", "k", "k", JobPriority.High), (taken[1].Job.Id, taken[1].Job.Key, taken[1].Job.Name, taken[1].Job.Priority));
        Assert.All(taken, one => Assert.True(one.MayBeUnknown));
    }

    [Fact]
    public async Task JobOfOurs_IsSentAsOthersReadIt()
    {
        var queue = _jobs.OpenQueue(new JobOptions(), TimeProvider.System);
        var job = new Job("5a1c", "objects", "5a1c_report.pdf", "report.pdf", JobPriority.Normal, At("2026-11-03T10:11:12Z"));

        await queue.AddAsync(job, Cancelled);

        var sent = JsonSerializer.Deserialize<JsonElement>((await _jobs.ReadAsync(_jobs.Options.InputTopic, 1))[0].Value);
        Assert.Equal(
            """{"id":"5a1c","status":"PENDING","timestamp":"2026-11-03T10:11:12.0000000Z","details":null,"bucket":"objects","key":"5a1c_report.pdf","original_filename":"report.pdf"}""",
            sent.GetRawText());
        Assert.False((await TakeAsync(queue)).MayBeUnknown);
    }

    [Theory]
    [InlineData("no json", "it is not a JSON object")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("null", "it is null")]
    [InlineData("""{"id":7,"bucket":"objects","key":"k"}""", "it is not a JSON object")]
    [InlineData("""{"id":"a","id":"b","bucket":"objects","key":"k"}""", "it is not a JSON object")]
    [InlineData("""{"id":"a","bucket":"objects"}""", "one of id, bucket and key is missing")]
    [InlineData("""{"id":"a","bucket":"objects","key":"../../etc/passwd"}""", "its key is no path of plain names")]
    [InlineData("""{"id":"a","bucket":"objects","key":"/etc/passwd"}""", "its key is no path of plain names")]
    [InlineData("""{"id":"a","bucket":"objects","key":"a\\..\\b"}""", "its key is no path of plain names")]
    [InlineData("""{"id":"a","bucket":"objects","key":"a\u0000b"}""", "its key is no path of plain names")]
    [InlineData("""{"id":"a\nb","bucket":"objects","key":"k"}""", "its id is longer")]
    [InlineData("""{"id":"a","bucket":"secrets","key":"k"}""", "its bucket is not the one")]
    [InlineData("""{"id":"a","bucket":"objects","key":"processed/k","url":"http://x/"}""", "it has a url, and its key")]
    public async Task MessageThatIsNoJob_IsADeadLetterAndTheNextIsTaken(string text, string reason)
    {
        var queue = _jobs.OpenQueue(new JobOptions(), TimeProvider.System);
        await _jobs.SendAsync(_jobs.Options.InputTopic, Encoding.UTF8.GetBytes(text));
        await _jobs.SendAsync(_jobs.Options.InputTopic, """{"id":"good","bucket":"objects","key":"k"}"""u8.ToArray());

        Assert.Equal("good", (await TakeAsync(queue)).Job.Id);

        var dead = (await _jobs.ReadAsync(_jobs.Options.DeadTopic, 1))[0];
        Assert.Equal(text, Encoding.UTF8.GetString(dead.Value));
        Assert.StartsWith(reason, HeaderOf(dead, KafkaHeaders.Reason), StringComparison.Ordinal);
        Assert.Equal($"{_jobs.Options.InputTopic} [0] @0", HeaderOf(dead, KafkaHeaders.From));
    }

    [Fact]
    public async Task MessageThatIsTooLarge_IsADeadLetterCutShort()
    {
        var queue = _jobs.OpenQueue(new JobOptions(), TimeProvider.System);
        await _jobs.SendAsync(_jobs.Options.InputTopic, new byte[900_000]);
        await _jobs.SendAsync(_jobs.Options.InputTopic, """{"id":"good","bucket":"objects","key":"k"}"""u8.ToArray());

        Assert.Equal("good", (await TakeAsync(queue)).Job.Id);

        var dead = (await _jobs.ReadAsync(_jobs.Options.DeadTopic, 1))[0];
        Assert.Equal((64 * 1024, "900000"), (dead.Value.Length, HeaderOf(dead, KafkaHeaders.Size)));
    }

    [Fact]
    public async Task Outcome_IsSentAsOthersReadItAndWithoutUrlAndClient()
    {
        var results = await _jobs.OpenResultsAsync();
        var job = new Job("5a1c", "objects", "5a1c_x", "x", JobPriority.Normal, At("2026-11-03T10:11:12Z"))
        {
            Url = "http://example.test/x?secret",
            Client = "192.0.2.1",
        };

        await results.FinishAsync(job, Infected("quarantine/5a1c_x"), Cancelled);

        var text = Encoding.UTF8.GetString((await _jobs.ReadAsync(_jobs.Options.OutputTopic, 1))[0].Value);
        Assert.StartsWith(
            """{"id":"5a1c","status":"INFECTED","timestamp":"2026-11-03T10:11:15.0000000Z","details":null,"bucket":"objects","key":"quarantine/5a1c_x","original_filename":"x","instance":"ClamAV 1.4.6","virus":"Eicar-Test-Signature","analyse":0.5,"duration":0.75,"worker":"w","sha256":""",
            text,
            StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutcomeOfAnotherProcess_IsKnownHereAndWhoWaitsIsWoken()
    {
        var signals = new JobSignals();
        var (here, there) = (await _jobs.OpenResultsAsync(signals), await _jobs.OpenResultsAsync());
        var job = new Job("a", "objects", "a_x", "x", JobPriority.Normal, At("2026-11-03T10:11:12Z"));
        await here.AddAsync(job, Cancelled);
        using var listener = signals.Listen("a", out var finished);

        await there.FinishAsync(job, Infected("quarantine/a_x"), Cancelled);

        await finished.WaitAsync(KafkaJobs.Limit, Cancelled);
        Assert.Equal(Infected("quarantine/a_x"), (await here.FindAsync("a", Cancelled))!.Outcome);
    }

    [Fact]
    public async Task ResultsOfOtherWorkers_AreTakenButNoneThatSaysCleanWithoutAHash()
    {
        var signals = new JobSignals();
        var results = await _jobs.OpenResultsAsync(signals);
        using var listener = signals.Listen("last", out var last);
        foreach (var text in new[]
        {
            """{"id":"clean","status":"CLEAN","bucket":"objects","key":"processed/x"}""",
            """{"id":"pending","status":"PENDING","bucket":"objects","key":"x"}""",
            """{"id":"escaping","status":"INFECTED","bucket":"objects","key":"../x"}""",
            "no json",
            """{"id":"bad","status":"INFECTED","timestamp":"2026-11-03T10:11:15","details":null,"bucket":"objects","key":"quarantine/x","original_filename":"x","instance":"clamav:3310","virus":"V","analyse":0.5,"duration":0.7,"worker":"worker-1"}""",
            """{"id":"last","status":"ERROR","bucket":"objects","key":"quarantine/y"}""",
        })
        {
            await _jobs.SendAsync(_jobs.Options.OutputTopic, Encoding.UTF8.GetBytes(text));
        }

        await last.WaitAsync(KafkaJobs.Limit, Cancelled);

        var bad = (await results.FindAsync("bad", Cancelled))!.Outcome!;
        Assert.Equal((JobStatus.Infected, "V", "clamav:3310"), (bad.Status, bad.Signature, bad.Engine));
        Assert.Null(await results.FindAsync("clean", Cancelled));
        Assert.Null(await results.FindAsync("pending", Cancelled));
        Assert.Null(await results.FindAsync("escaping", Cancelled));
    }

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private static JobOutcome Infected(string key) => new(JobStatus.Infected, At("2026-11-03T10:11:15Z"), key)
    {
        Signature = "Eicar-Test-Signature",
        Sha256 = Sha256,
        Size = 68,
        ScanTime = TimeSpan.FromSeconds(0.5),
        WorkTime = TimeSpan.FromSeconds(0.75),
        Worker = "w",
        Engine = "ClamAV 1.4.6",
    };

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string HeaderOf(Confluent.Kafka.Message<string?, byte[]> message, string name) =>
        Encoding.UTF8.GetString(message.Headers.GetLastBytes(name));

    private static async Task<TakenJob> TakeAsync(KafkaJobQueue queue) =>
        (await queue.TakeAsync(KafkaJobs.Limit, Cancelled)) ?? throw new TimeoutException();
}
