using System.Text;
using ClamProxy.Core.Buckets.Events;
using StackExchange.Redis;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>What every source of events promises to the workers of buckets, tried with real servers.</summary>
public abstract class EventSourceConformance
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>How often a message was handed out, as its source counts, when it is taken again after it was given back.</summary>
    private protected virtual int DeliveriesAfterGivingBack => 1;

    /// <summary>Longer than a busy machine stalls between two steps of a test: what is held must not come again by itself.</summary>
    private protected static TimeSpan HeldFor => TimeSpan.FromMinutes(1);

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A source as a process of its own has it; all of a test are the same flow's.</summary>
    private protected abstract IEventSource Open();

    private protected abstract Task SendAsync(string body);

    [Fact]
    public async Task Message_IsHandedOutOnceAndGoneWhenItIsDone()
    {
        await using var one = Open();
        await using var other = Open();
        await SendAsync("a ü");

        var taken = await TakeAsync(one);
        Assert.Equal(("a ü", 1), (Text(taken), taken.Deliveries));
        await one.CompleteAsync(taken, Cancelled);

        await SendAsync("next");
        Assert.Equal("next", Text(await TakeAsync(one, other)));
    }

    [Fact]
    public async Task MessageThatIsReturned_ComesAgainAndSaysHowOften()
    {
        await using var source = Open();
        await SendAsync("again");
        await source.ReturnAsync(await TakeAsync(source), TimeSpan.Zero, Cancelled);

        var taken = await TakeAsync(source);

        Assert.Equal(("again", 2), (Text(taken), taken.Deliveries));
        await source.CompleteAsync(taken, Cancelled);
    }

    [Fact]
    public async Task MessageThatRests_DoesNotKeepOthersFromComing()
    {
        await using var source = Open();
        await SendAsync("rests");
        await source.ReturnAsync(await TakeAsync(source), TimeSpan.FromMinutes(10), Cancelled);
        await SendAsync("next");

        Assert.Equal("next", Text(await TakeAsync(source)));
    }

    [Fact]
    public async Task MessageThatIsGivenBack_ComesAtOnceAndDoesNotCount()
    {
        await using var source = Open();
        await SendAsync("given back");
        await source.GiveBackAsync(await TakeAsync(source), Cancelled);

        var taken = await TakeAsync(source);

        Assert.Equal(("given back", DeliveriesAfterGivingBack), (Text(taken), taken.Deliveries));
    }

    /// <summary>For sources that hand a message to another process while the one that has it lives and does not extend it.</summary>
    /// <param name="passAsync">Lets that time pass for what was taken, without waiting for it: a slow machine changes nothing.</param>
    private protected async Task MessageThatIsNotExtendedGoesToAnotherAsync(Func<TimeSpan, Task> passAsync)
    {
        await using var one = Open();
        await using var other = Open();
        await SendAsync("slow");
        var taken = await TakeAsync(one);
        for (var extended = 0; extended < 2; extended++)
        {
            await passAsync(HeldFor * 0.7);
            await one.ExtendAsync(taken, Cancelled);
        }

        // Longer than it is kept without that, and nobody else got it: what comes now is what is sent now.
        await SendAsync("next");
        var next = await TakeAsync(other);
        Assert.Equal("next", Text(next));
        await other.CompleteAsync(next, Cancelled);

        await passAsync(HeldFor * 1.1);
        var later = await TakeAsync(other);
        Assert.Equal(("slow", 2), (Text(later), later.Deliveries));
        await CompleteLateAsync(one, taken);
        await other.ExtendAsync(later, Cancelled);
    }

    /// <summary>
    /// Takes from the first of these sources that has a message. One that cannot be reached at the moment (its connection is made anew on
    /// a machine that stalls) is asked again, as the flow does.
    /// </summary>
    private protected static async Task<TakenMessage> TakeAsync(params IEventSource[] sources)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(s_limit);
        for (var turn = 0; ; turn++)
        {
            try
            {
                if (await sources[turn % sources.Length].TakeAsync(limit.Token) is { } taken)
                {
                    return taken;
                }
            }
            catch (EventSourceException e) when (e.InnerException?.InnerException is RedisConnectionException)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    private protected static string Text(TakenMessage taken) => Encoding.UTF8.GetString(taken.Body.Span);

    private static async Task CompleteLateAsync(IEventSource source, TakenMessage taken)
    {
        try
        {
            await source.CompleteAsync(taken, Cancelled);
        }
        catch (EventSourceException)
        {
            // Refused or without effect: either is right.
        }
    }
}
