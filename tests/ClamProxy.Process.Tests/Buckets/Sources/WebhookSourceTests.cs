using System.Text;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Sqlite;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>Messages that came by POST /events, in the database that processes of one machine share.</summary>
public sealed class WebhookSourceTests : DeadLetterConformance, IDisposable
{
    private const string Flow = "uploads";

    private readonly ShiftedTimeProvider _clock = new();
    private readonly TempFolder _folder = new();
    private readonly List<StoredEvents> _open = [];

    [Fact]
    public Task MessageThatIsNotExtended_GoesToAnotherProcessAndIsLostToTheFirst() =>
        MessageThatIsNotExtendedGoesToAnotherAsync(PassAsync);

    [Fact]
    public async Task MoreThanMayWait_AreRefused()
    {
        var stored = Stored(new EventSourceOptions { MaxWaiting = 2 });

        Assert.True(await stored.AddAsync(Flow, "1"u8.ToArray(), Cancelled));
        Assert.True(await stored.AddAsync(Flow, "2"u8.ToArray(), Cancelled));
        Assert.False(await stored.AddAsync(Flow, "3"u8.ToArray(), Cancelled));
        Assert.True(await stored.AddAsync("another", "3"u8.ToArray(), Cancelled));

        await using var source = new WebhookEvents(stored, Flow, HeldFor, _clock);
        await source.CompleteAsync(await TakeAsync(source), Cancelled);
        Assert.True(await stored.AddAsync(Flow, "3"u8.ToArray(), Cancelled));
    }

    private protected override IEventSource Open() =>
        new WebhookEvents(Stored(new EventSourceOptions()), Flow, HeldFor, _clock);

    private protected override async Task SendAsync(string body) =>
        Assert.True(await Stored(new EventSourceOptions()).AddAsync(Flow, Encoding.UTF8.GetBytes(body), Cancelled));

    private protected override Task<(string Body, string Reason)> DeadAsync() => Stored(new EventSourceOptions()).Database.ReadAsync(
        step =>
        {
            using var row = step.Command("SELECT body, reason FROM dead_events ORDER BY id LIMIT 1").ExecuteReader();
            Assert.True(row.Read());
            return (Encoding.UTF8.GetString((byte[])row.GetValue(0)), row.GetString(1));
        },
        Cancelled);

    public void Dispose()
    {
        _open.ForEach(stored => stored.Dispose());
        _folder.Dispose();
    }

    private Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Task.CompletedTask;
    }

    private StoredEvents Stored(EventSourceOptions options)
    {
        var stored = new StoredEvents(
            new SqliteDatabase(_folder.File("events.db"), StoredEvents.Schema, JobStoreException.Of), options, _clock);
        _open.Add(stored);
        return stored;
    }
}
