using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Jobs.Conformance;

/// <summary>What every store of callbacks does alike. Its time is the clock's alone.</summary>
public abstract class CallbackStoreConformance : IAsyncDisposable
{
    private const string Url = "https://hooks.example.org/scans?token=1";
    private const int Most = 3;
    private static readonly TimeSpan s_later = TimeSpan.FromMinutes(1);

    private protected CallbackOptions Options { get; } = new() { Timeout = TimeSpan.FromSeconds(15) };

    private protected ShiftedTimeProvider Clock { get; } = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Due_IsTakenWordForWordByOne()
    {
        var (one, other) = (await OpenAsync(), await OpenAnotherAsync());
        var callback = Due("a");

        Assert.Equal(CallbackAddition.Added, await AddAsync(one, callback));

        Assert.Equal(callback, (await other.TakeAsync(Cancelled))!.Callback);
        Assert.Null(await one.TakeAsync(Cancelled));
    }

    [Fact]
    public async Task ManyTakersAtOnce_EachCallbackIsTakenOnce()
    {
        var (one, other) = (await OpenAsync(), await OpenAnotherAsync());
        for (var number = 0; number < 10; number++)
        {
            await AddAsync(one, Due($"j{number}"));
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? one : other).TakeAsync(Cancelled)));

        Assert.Equal(10, taken.OfType<TakenCallback>().Select(each => each.Callback.JobId).Distinct().Count());
        Assert.Equal(10, taken.Count(each => each is null));
    }

    [Fact]
    public async Task Later_IsTakenWhenItIsDueAndTheOldestFirst()
    {
        var store = await OpenAsync();
        await AddAsync(store, Due("b"), 2 * s_later);
        await AddAsync(store, Due("a"), s_later);

        Assert.Null(await store.TakeAsync(Cancelled));
        Clock.Advance(3 * s_later);

        Assert.Equal("a", (await store.TakeAsync(Cancelled))!.Callback.JobId);
        Assert.Equal("b", (await store.TakeAsync(Cancelled))!.Callback.JobId);
    }

    [Fact]
    public async Task Waiting_IsLookedAtWhenItsTimeHasCome()
    {
        var store = await OpenAsync();
        await AddAsync(store, Waiting("a"), s_later);

        Assert.Null(await store.TakeAsync(Cancelled));
        Clock.Advance(s_later);

        Assert.Equal(CallbackState.Waiting, (await store.TakeAsync(Cancelled))!.Callback.State);
    }

    [Fact]
    public async Task Woken_ThoseThatWaitAreDueAndNoOthers()
    {
        var store = await OpenAsync();
        await AddAsync(store, Waiting("a"), s_later);
        await AddAsync(store, Waiting("b"), s_later);
        await AddAsync(store, Due("a", "https://other.example/"), s_later);

        await store.WakeAsync("a", Cancelled);
        await store.WakeAsync("nobody", Cancelled);

        Assert.Equal(("a", Url), Named((await store.TakeAsync(Cancelled))!));
        Assert.Null(await store.TakeAsync(Cancelled));
    }

    [Fact]
    public async Task WokenWhileItIsTaken_IsNotHandedOutTwice()
    {
        var store = await OpenAsync();
        await AddAsync(store, Waiting("a"));
        var taken = await store.TakeAsync(Cancelled);

        await store.WakeAsync("a", Cancelled);

        Assert.Null(await store.TakeAsync(Cancelled));
        await store.SettleAsync(taken!, taken!.Callback, Clock.GetUtcNow() + s_later, Cancelled);
        Assert.Null(await store.TakeAsync(Cancelled));
        await store.WakeAsync("a", Cancelled);
        Assert.NotNull(await store.TakeAsync(Cancelled));
    }

    [Fact]
    public async Task SettledAsFailed_ComesAgainAsItWasRecorded()
    {
        var store = await OpenAsync();
        await AddAsync(store, Due("a"));
        var taken = (await store.TakeAsync(Cancelled))!;
        var failed = taken.Callback with { Attempts = 1, LastAt = Clock.GetUtcNow(), Problem = "The receiver answered 500." };

        await store.SettleAsync(taken, failed, Clock.GetUtcNow() + s_later, Cancelled);

        Assert.Null(await store.TakeAsync(Cancelled));
        Clock.Advance(s_later);
        Assert.Equal(failed, (await store.TakeAsync(Cancelled))!.Callback);
    }

    [Fact]
    public async Task SettledAsOver_IsListedAndNeverTaken()
    {
        var (store, over) = (await OpenAsync(), Due("a") with { State = CallbackState.Delivered, Attempts = 1 });
        await AddAsync(store, Due("a"));

        await store.SettleAsync((await store.TakeAsync(Cancelled))!, over, null, Cancelled);

        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await store.TakeAsync(Cancelled));
        Assert.Equal([over], await store.ListAsync("a", Cancelled));
    }

    [Fact]
    public async Task NotSettledInTime_IsHandedOutAgainAndTheFirstCountsNoMore()
    {
        var (one, other) = (await OpenAsync(), await OpenAnotherAsync());
        await AddAsync(one, Due("a"));
        var first = (await one.TakeAsync(Cancelled))!;

        Clock.Advance(Options.LeaseTime / 2);
        Assert.Null(await other.TakeAsync(Cancelled));
        Clock.Advance(Options.LeaseTime);
        var second = await other.TakeAsync(Cancelled);
        await one.SettleAsync(first, first.Callback with { State = CallbackState.Delivered }, null, Cancelled);

        Assert.NotNull(second);
        Assert.Equal(CallbackState.Due, Assert.Single(await one.ListAsync("a", Cancelled)).State);
        await other.SettleAsync(second, second.Callback with { State = CallbackState.Gone }, null, Cancelled);
        Assert.Equal(CallbackState.Gone, Assert.Single(await one.ListAsync("a", Cancelled)).State);
    }

    [Fact]
    public async Task AddedTwice_TheFirstStaysUntilItIsOver()
    {
        var store = await OpenAsync();
        var (first, second) = (Due("a"), Due("a"));
        await AddAsync(store, first);

        Assert.Equal(CallbackAddition.Known, await AddAsync(store, second));
        var taken = (await store.TakeAsync(Cancelled))!;
        Assert.Equal(CallbackAddition.Known, await AddAsync(store, second));
        await store.SettleAsync(taken, first with { State = CallbackState.Dead }, null, Cancelled);

        Assert.Equal(CallbackAddition.Added, await AddAsync(store, second));
        Assert.Equal([second], await store.ListAsync("a", Cancelled));
        Assert.Equal(second, (await store.TakeAsync(Cancelled))!.Callback);
    }

    [Fact]
    public async Task MoreThanAJobMayHave_AreNotAdded()
    {
        var store = await OpenAsync();
        for (var number = 0; number < Most; number++)
        {
            Assert.Equal(CallbackAddition.Added, await AddAsync(store, Due("a", $"https://h{number}.example/")));
        }

        Assert.Equal(CallbackAddition.Full, await AddAsync(store, Due("a")));
        Assert.Equal(CallbackAddition.Known, await AddAsync(store, Due("a", "https://h0.example/")));
        Assert.Equal(CallbackAddition.Added, await AddAsync(store, Due("b")));
        Assert.Equal(Most, (await store.ListAsync("a", Cancelled)).Count);
    }

    [Fact]
    public async Task Removed_IsNeverTakenAndNotRecordedAnew()
    {
        var store = await OpenAsync();
        await AddAsync(store, Due("a"));
        await AddAsync(store, Due("a", "https://other.example/"), s_later);
        var taken = (await store.TakeAsync(Cancelled))!;

        Assert.True(await store.RemoveAsync("a", Url, Cancelled));
        Assert.True(await store.RemoveAsync("a", "https://other.example/", Cancelled));
        Assert.False(await store.RemoveAsync("a", Url, Cancelled));
        await store.SettleAsync(taken, taken.Callback, Clock.GetUtcNow(), Cancelled);

        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await store.TakeAsync(Cancelled));
        Assert.Empty(await store.ListAsync("a", Cancelled));
    }

    [Fact]
    public async Task AllOfAJobRemoved_ThoseThatWereNotOverAreCounted()
    {
        var store = await OpenAsync();
        await AddAsync(store, Due("a", "https://over.example/"));
        var taken = (await store.TakeAsync(Cancelled))!;
        await store.SettleAsync(taken, taken.Callback with { State = CallbackState.Delivered }, null, Cancelled);
        await AddAsync(store, Waiting("a"));
        await AddAsync(store, Due("a", "https://due.example/"));
        await AddAsync(store, Due("b"));

        Assert.Equal(2, await store.RemoveAllAsync("a", Cancelled));
        Assert.Equal(0, await store.RemoveAllAsync("a", Cancelled));

        Assert.Empty(await store.ListAsync("a", Cancelled));
        Assert.Equal("b", (await store.TakeAsync(Cancelled))!.Callback.JobId);
    }

    [Fact]
    public async Task HostileIds_AreOnlyIds()
    {
        var store = await OpenAsync();
        const string Id = "' OR 1=1 -- \n a b";

        await AddAsync(store, Due(Id));

        Assert.Equal(Id, (await store.TakeAsync(Cancelled))!.Callback.JobId);
        Assert.Empty(await store.ListAsync("a", Cancelled));
        Assert.Equal(1, await store.RemoveAllAsync(Id, Cancelled));
    }

    public abstract ValueTask DisposeAsync();

    private protected abstract Task<ICallbackStore> OpenAsync();

    /// <summary>Opens the same callbacks as another process would.</summary>
    private protected abstract Task<ICallbackStore> OpenAnotherAsync();

    private static (string, string) Named(TakenCallback taken) => (taken.Callback.JobId, taken.Callback.Url);

    private Callback Due(string job, string url = Url) => Waiting(job, url) with { State = CallbackState.Due };

    private Callback Waiting(string job, string url = Url) => Callback.New(job, url, Clock.GetUtcNow());

    private Task<CallbackAddition> AddAsync(ICallbackStore store, Callback callback, TimeSpan after = default) =>
        store.AddAsync(callback, Clock.GetUtcNow() + after, Most, Cancelled);
}
