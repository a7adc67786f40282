using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs;

/// <summary>Callbacks as the host wires them, with a receiver that a test programs.</summary>
public sealed class JobCallbacksTests : IAsyncDisposable
{
    private static readonly CallbackOptions s_options = new()
    {
        Secrets = [CallbackReceiver.Secret],
        Targets = ["127.0.0.1", "*.rebound.test"],
        Pauses = [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)],
        Jitter = 0,
        MaxPerJob = 2,
    };

    private readonly TempFolder _folder = new();
    private readonly byte[] _content = RandomBody.Of(10_000);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task JobEnds_ItsResultIsToldOnceAndSigned()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();

        var job = await rig.AcceptedAsync(_content, callback: $"{receiver.Url}?token=1");
        var told = await receiver.NextAsync();

        Assert.True(told.IsSignedBy(CallbackReceiver.Secret));
        Assert.False(told.IsSignedBy(CallbackReceiver.OtherSecret));
        Assert.Equal("/hook?token=1", told.Path);
        Assert.Equal("application/json", told.Headers["Content-Type"]);
        Assert.StartsWith("ClamProxy/", told.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.DoesNotContain('.', told.Id);
        Assert.Equal("scan.finished", told.Json.GetProperty("type").GetString());
        Assert.Equal(
            (job.Id, "CLEAN", _content.Length),
            (
                told.Data.GetProperty("id").GetString(), told.Data.GetProperty("status").GetString(),
                told.Data.GetProperty("size").GetInt32()));
        var callback = await SettledAsync(rig, job, CallbackState.Delivered);
        Assert.Equal((1, told.Id, null), (callback.Attempts, callback.Id, callback.Problem));
        rig.Pass(TimeSpan.FromHours(10));
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task InfectedFile_IsToldWithItsSignatureName()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();

        await rig.AcceptedAsync([.. Eicar.Bytes], callback: receiver.Url);
        var told = await receiver.NextAsync();

        Assert.Equal(
            ("INFECTED", "Eicar-Test-Signature"),
            (told.Data.GetProperty("status").GetString(), told.Data.GetProperty("virus").GetString()));
    }

    [Fact]
    public async Task TwoSecrets_EitherOneProvesIt()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync(new CallbackOptions
        {
            Secrets = [CallbackReceiver.OtherSecret, CallbackReceiver.Secret],
            Targets = ["127.0.0.1"],
        });

        await rig.AcceptedAsync(_content, callback: receiver.Url);
        var told = await receiver.NextAsync();

        Assert.True(told.IsSignedBy(CallbackReceiver.Secret) && told.IsSignedBy(CallbackReceiver.OtherSecret));
    }

    [Fact]
    public async Task ReceiverFails_IsAskedAgainAsTheScheduleSaysAndGivenUpAfterIt()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        receiver.AnswerWith(500);

        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        var first = await receiver.NextAsync();
        var failed = await AttemptedAsync(rig, job, 1);
        Assert.Equal(
            (CallbackState.Due, "The receiver answered 500.", TimeSpan.FromMinutes(5)),
            (failed.State, failed.Problem, failed.NextAt - failed.LastAt));
        rig.Pass(TimeSpan.FromMinutes(5));
        var second = await receiver.NextAsync();
        Assert.Equal(TimeSpan.FromMinutes(30), (await AttemptedAsync(rig, job, 2)) is var again ? again.NextAt - again.LastAt : null);
        rig.Pass(TimeSpan.FromMinutes(30));
        var third = await receiver.NextAsync();

        var dead = await SettledAsync(rig, job, CallbackState.Dead);
        Assert.Equal((3, null), (dead.Attempts, dead.NextAt));
        Assert.Equal([first.Id, first.Id], [second.Id, third.Id]);
        Assert.True(second.SentAt - first.SentAt >= TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.True(third.IsSignedBy(CallbackReceiver.Secret));
        Assert.Equal(first.Body, third.Body);

        // It is logged behind the row that says so.
        using var limit = new CancellationTokenSource(JobRig.Limit);
        await rig.Log.Collector.UntilLoggedAsync(5652, limit.Token, job.Id);
    }

    [Theory]
    [InlineData(503, "7200", 120)]
    [InlineData(429, null, 5)]
    [InlineData(500, "1", 5)]
    public async Task ReceiverSaysWhen_IsLeftAloneUntilThen(int status, string? retryAfter, int minutes)
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync(new CallbackOptions
        {
            Secrets = [CallbackReceiver.Secret],
            Targets = ["127.0.0.1"],
            Pauses = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(5)],
            Jitter = 0,
        });
        receiver.AnswerWith(status, retryAfter);

        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        await receiver.NextAsync();
        var failed = await AttemptedAsync(rig, job, 1);

        Assert.Equal(TimeSpan.FromMinutes(minutes), failed.NextAt - failed.LastAt);
    }

    [Fact]
    public async Task Gone_EndsTheSubscription()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        receiver.AnswerWith(410);

        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        await receiver.NextAsync();

        Assert.Null((await SettledAsync(rig, job, CallbackState.Gone)).NextAt);
    }

    [Fact]
    public async Task Redirect_IsAFailureAndNotFollowed()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var internalServer = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        receiver.Answer = context =>
        {
            context.Response.Redirect(internalServer.Url, permanent: false);
            return Task.CompletedTask;
        };

        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        await receiver.NextAsync();

        Assert.Contains("redirects", (await AttemptedAsync(rig, job, 1)).Problem, StringComparison.Ordinal);
        Assert.Equal(0, internalServer.Count);
    }

    [Fact]
    public async Task ReceiverIsSilent_IsGivenUpInTime()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync(new CallbackOptions
        {
            Secrets = [CallbackReceiver.Secret],
            Targets = ["127.0.0.1"],
            Timeout = TimeSpan.FromMilliseconds(300),
        });
        receiver.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);

        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        await receiver.NextAsync();

        Assert.Equal("The receiver did not answer within 0.3 s.", (await AttemptedAsync(rig, job, 1)).Problem);
    }

    [Fact]
    public async Task OneReceiverIsSilent_OthersAreToldMeanwhile()
    {
        await using var silent = await CallbackReceiver.StartAsync();
        await using var other = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync(new CallbackOptions
        {
            Secrets = [CallbackReceiver.Secret],
            Targets = ["127.0.0.1"],
            MaxAtOnce = 2,
            Timeout = TimeSpan.FromMinutes(5),
        });
        silent.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);

        for (var number = 0; number < 4; number++)
        {
            await rig.AcceptedAsync(_content, callback: silent.Url);
        }

        await silent.NextAsync();
        var told = await rig.AcceptedAsync(_content, callback: other.Url);

        Assert.Equal(told.Id, (await other.NextAsync()).Data.GetProperty("id").GetString());
        Assert.Equal(1, silent.Count);
    }

    [Fact]
    public async Task EndlessAnswer_IsCutOffAndTheCallbackIsDelivered()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        var ended = new TaskCompletionSource();
        receiver.Answer = async context =>
        {
            try
            {
                var piece = new byte[64 << 10];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                }
            }
            finally
            {
                ended.SetResult();
            }
        };

        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);

        await SettledAsync(rig, job, CallbackState.Delivered);
        await ended.Task.WaitAsync(JobRig.Limit, Cancelled);
    }

    [Fact]
    public async Task JobThatHasEnded_IsToldAtOnce()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        var job = await rig.AcceptedAsync(_content);
        await rig.OutcomeAsync(job);

        Assert.Null(await SubscribeAsync(rig, job, receiver.Url));

        Assert.Equal(job.Id, (await receiver.NextAsync()).Data.GetProperty("id").GetString());
    }

    [Fact]
    public async Task SubscribedAgainAfterItWasGivenUp_IsToldAgain()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        receiver.AnswerWith(410);
        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        var first = await receiver.NextAsync();
        await SettledAsync(rig, job, CallbackState.Gone);
        receiver.AnswerWith(204);

        Assert.Null(await SubscribeAsync(rig, job, receiver.Url));

        Assert.NotEqual(first.Id, (await receiver.NextAsync()).Id);
        await SettledAsync(rig, job, CallbackState.Delivered);
    }

    [Fact]
    public async Task MoreThanAJobMayHave_IsRefused()
    {
        await using var rig = await StartAsync(hasWorkers: false);
        var job = await rig.AcceptedAsync(_content, callback: "http://127.0.0.1:1/a");

        Assert.Null(await SubscribeAsync(rig, job, "http://127.0.0.1:1/b"));
        Assert.Contains("MaxPerJob", await SubscribeAsync(rig, job, "http://127.0.0.1:1/c"), StringComparison.Ordinal);
        Assert.Null(await SubscribeAsync(rig, job, "http://127.0.0.1:1/a"));
    }

    [Fact]
    public async Task Unsubscribed_IsNotTold()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var other = await CallbackReceiver.StartAsync();
        var clamd = FakeClamd.OnTcp();
        var finish = new TaskCompletionSource();
        clamd.OnContent = async (connection, _) =>
        {
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        await using var rig = await StartAsync(clamd: clamd);
        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        Assert.Null(await SubscribeAsync(rig, job, other.Url));

        Assert.True(await rig.Callbacks.UnsubscribeAsync(job.Id, receiver.Url, Cancelled));
        finish.SetResult();

        await other.NextAsync();
        Assert.Equal(0, receiver.Count);
    }

    [Fact]
    public async Task JobDeleted_ItsCallbacksEnd()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        receiver.AnswerWith(500);
        var job = await rig.AcceptedAsync(_content, callback: receiver.Url);
        await receiver.NextAsync();
        await AttemptedAsync(rig, job, 1);

        await rig.Results.DeleteAsync((await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled))!, Cancelled);

        Assert.Empty(await rig.Callbacks.ListAsync(job.Id, Cancelled));
        rig.Pass(TimeSpan.FromHours(1));
        Assert.Null(await rig.Stores.Callbacks.TakeAsync(Cancelled));
        Assert.Contains(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 5654);
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task ProcessEndsBetweenOutcomeAndCallback_TheNextOneTells()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        Job job;
        await using (var killed = await StartAsync(hasWorkers: false))
        {
            // Killed after step 4 of JobWork: the outcome is recorded, and nobody woke the callback.
            job = await killed.AcceptedAsync(_content, callback: receiver.Url);
            await killed.Stores.Results.FinishAsync(
                job, new JobOutcome(JobStatus.Clean, killed.Clock.GetUtcNow(), "processed/x"), Cancelled);
        }

        await using var rig = await StartAsync();
        rig.Pass(TimeSpan.FromMinutes(2));

        Assert.Equal(job.Id, (await receiver.NextAsync()).Data.GetProperty("id").GetString());
    }

    [Fact]
    public async Task ProcessEndsBetweenTwoAttempts_TheNextOneGoesOn()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.AnswerWith(503);
        Job job;
        await using (var stopped = await StartAsync())
        {
            job = await stopped.AcceptedAsync(_content, callback: receiver.Url);
            await AttemptedAsync(stopped, job, 1);
        }

        var first = await receiver.NextAsync();
        receiver.AnswerWith(200);
        await using var rig = await StartAsync();
        rig.Pass(TimeSpan.FromMinutes(5));

        Assert.Equal(first.Id, (await receiver.NextAsync()).Id);
        Assert.Equal(2, (await SettledAsync(rig, job, CallbackState.Delivered)).Attempts);
    }

    [Fact]
    public async Task StoppedWhileItIsSent_IsGivenBackAndSentAgain()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        receiver.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        ReceivedCallback first;
        await using (var stopped = await StartAsync())
        {
            await stopped.AcceptedAsync(_content, callback: receiver.Url);
            first = await receiver.NextAsync();
        }

        receiver.AnswerWith(200);
        await using var rig = await StartAsync();

        Assert.Equal(first.Id, (await receiver.NextAsync()).Id);
    }

    [Fact]
    public async Task TwoProcesses_TellOnce()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        for (var number = 0; number < 5; number++)
        {
            await one.AcceptedAsync(_content, callback: $"{receiver.Url}/{number}");
        }

        var ids = new HashSet<string>();
        for (var number = 0; number < 5; number++)
        {
            ids.Add((await receiver.NextAsync()).Id);
        }

        Assert.Equal(5, ids.Count);
        await using var late = await CallbackReceiver.StartAsync();
        await one.AcceptedAsync(_content, callback: late.Url);
        await late.NextAsync();
        Assert.Equal(5, receiver.Count);
    }

    [Fact]
    public async Task NameThatLeadsToLoopback_IsRefusedWhenItIsConnectedTo()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var rig = await StartAsync();
        rig.Resolver.Add("a.rebound.test", "127.0.0.1");

        var url = receiver.Url.Replace("127.0.0.1", "a.rebound.test", StringComparison.Ordinal);
        var job = await rig.AcceptedAsync(_content, callback: $"{url}?token=secret");
        var dead = await SettledAsync(rig, job, CallbackState.Dead);

        Assert.Contains("CALLBACK_TARGETS", dead.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", dead.Problem, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Count);
        Assert.DoesNotContain(rig.Log.Collector.GetSnapshot(), line => line.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoSecret_CallbackIsRefusedAndNothingIsAccepted()
    {
        await using var rig = await JobRig.StartAsync(_folder.Path);

        var refused = await rig.AcceptAsync(_content, callback: "https://hooks.example.org/");

        Assert.Contains("CALLBACK_SECRETS", Assert.IsType<JobAcceptance.Wrong>(refused).Problem, StringComparison.Ordinal);
        Assert.Equal(0, (await rig.Stores.Queue.StateAsync(Cancelled)).Jobs);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<string?> SubscribeAsync(JobRig rig, Job job, string url) => await rig.Callbacks.SubscribeAsync(
        (await rig.Results.FindAsync(job.Id, TimeSpan.Zero, Cancelled))!, url, Cancelled);

    private static Task<Callback> AttemptedAsync(JobRig rig, Job job, int attempts) =>
        FindAsync(rig, job, callback => callback.Attempts >= attempts);

    private static Task<Callback> SettledAsync(JobRig rig, Job job, CallbackState state) =>
        FindAsync(rig, job, callback => callback.State == state);

    private static async Task<Callback> FindAsync(JobRig rig, Job job, Predicate<Callback> isIt)
    {
        using var limit = new CancellationTokenSource(JobRig.Limit);
        while (true)
        {
            if ((await rig.Callbacks.ListAsync(job.Id, limit.Token)).FirstOrDefault(callback => isIt(callback)) is { } found)
            {
                return found;
            }

            await Task.Delay(5, limit.Token);
        }
    }

    private Task<JobRig> StartAsync(CallbackOptions? options = null, bool hasWorkers = true, FakeClamd? clamd = null) =>
        JobRig.StartAsync(_folder.Path, hasWorkers: hasWorkers, clamd: clamd, callbacks: options ?? s_options);
}
