using System.Globalization;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Buckets.Webhooks;

/// <summary>
/// The messages of one flow that came by POST /events as its source. One is due at a moment: when it came, when its time is over, or when
/// it may be tried again.
/// </summary>
internal sealed class WebhookEvents : IEventSource
{
    private const int MostDead = 1000;
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(1);

    private readonly SqliteDatabase _database;
    private readonly string _flow;
    private readonly TimeSpan _heldFor;
    private readonly TimeProvider _clock;
    private readonly Wakeup _wakeup;

    public WebhookEvents(StoredEvents stored, string flow, TimeSpan heldFor, TimeProvider clock)
    {
        (_database, _flow, _heldFor, _clock, _wakeup) = (stored.Database, flow, heldFor, clock, new Wakeup(clock));
        _database.Changed += _wakeup.Wake;
    }

    public bool LimitsDeliveries => false;

    public Task<TakenMessage?> TakeAsync(CancellationToken cancellationToken) => _wakeup.LookAsync(
        s_wait, () => RunAsync(Take, cancellationToken), taken => taken is not null, cancellationToken);

    public async Task ExtendAsync(TakenMessage message, CancellationToken cancellationToken)
    {
        if (!await OwnedAsync("UPDATE events SET due=$due WHERE ", message, _heldFor, cancellationToken).ConfigureAwait(false))
        {
            throw new EventSourceException("another worker has it");
        }
    }

    public Task CompleteAsync(TakenMessage message, CancellationToken cancellationToken) =>
        OwnedAsync("DELETE FROM events WHERE ", message, TimeSpan.Zero, cancellationToken);

    public Task ReturnAsync(TakenMessage message, TimeSpan after, CancellationToken cancellationToken) =>
        OwnedAsync("UPDATE events SET due=$due, lease=NULL WHERE ", message, after, cancellationToken);

    public Task GiveBackAsync(TakenMessage message, CancellationToken cancellationToken) => OwnedAsync(
        "UPDATE events SET due=$due, lease=NULL, deliveries=deliveries-1 WHERE ", message, TimeSpan.Zero, cancellationToken);

    /// <summary>Into a table of their own, of which the last 1000 are kept.</summary>
    public Task RefuseAsync(TakenMessage message, TimeSpan after, string reason, CancellationToken cancellationToken) => RunAsync(
        step =>
        {
            step.Command(
                "INSERT INTO dead_events(flow, body, reason, at) SELECT flow, body, $reason, $now FROM events WHERE lease=$lease",
                ("$reason", reason),
                ("$now", Now()),
                ("$lease", message.Receipt)).ExecuteNonQuery();
            step.Command("DELETE FROM events WHERE lease=$lease", ("$lease", message.Receipt)).ExecuteNonQuery();
            return step.Command("DELETE FROM dead_events WHERE id <= (SELECT MAX(id) FROM dead_events) - $most", ("$most", MostDead))
                .ExecuteNonQuery();
        },
        cancellationToken);

    public ValueTask DisposeAsync()
    {
        _database.Changed -= _wakeup.Wake;
        return ValueTask.CompletedTask;
    }

    private TakenMessage? Take(SqliteDatabase step)
    {
        var lease = Guid.NewGuid().ToString("N");
        using var row = step.Command(
            """
            UPDATE events SET lease=$lease, due=$until, deliveries=deliveries+1
            WHERE id=(SELECT id FROM events WHERE flow=$flow AND due<=$now ORDER BY due, id LIMIT 1)
            RETURNING id, body, deliveries
            """,
            ("$lease", lease),
            ("$until", Now() + (long)_heldFor.TotalMilliseconds),
            ("$flow", _flow),
            ("$now", Now())).ExecuteReader();
        return row.Read()
            ? new(row.GetInt64(0).ToString(CultureInfo.InvariantCulture), lease, (byte[])row.GetValue(1), row.GetInt32(2))
            : null;
    }

    private Task<bool> OwnedAsync(string change, TakenMessage message, TimeSpan after, CancellationToken cancellationToken) => RunAsync(
        step => step.Command(
            $"{change}lease=$lease", ("$lease", message.Receipt), ("$due", Now() + (long)after.TotalMilliseconds)).ExecuteNonQuery() == 1,
        cancellationToken);

    private async Task<T> RunAsync<T>(Func<SqliteDatabase, T> step, CancellationToken cancellationToken)
    {
        try
        {
            return await _database.RunAsync(step, cancellationToken).ConfigureAwait(false);
        }
        catch (JobStoreException e)
        {
            throw new EventSourceException($"DATA_PATH: {e.Message}", e);
        }
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
