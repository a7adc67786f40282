using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Soak.Buckets;

/// <summary>
/// One object goes through its flow, and at one of the requests something happens to it. Then all events are delivered until there is
/// nothing more to do, and all of them once more. What must hold is looked at after each step.
/// </summary>
internal sealed class RaceCell(RaceWorld world, RaceBuckets buckets, int number, RaceContent content, RaceMoment? moment, ObjectChange? change)
{
    private const int MostDeliveries = 6;

    private readonly string _key = $"cell {number:00000}/a+b.txt";
    private readonly List<ObjectEvent> _pending = [];

    public string Name => $"{buckets.Action}, versioning {buckets.Versioning}, {content}: {change} "
        + (moment is null ? "" : $"{(moment.IsBefore ? "before" : "after")} {moment.Request}. {moment.Name}");

    public BucketAction Action => buckets.Action;

    public Versioning Versioning => buckets.Versioning;

    public RaceContent Content => content;

    public ObjectChange? Change => change;

    public List<string> Problems { get; } = [];

    /// <summary>What the flow asked the store for, without a change.</summary>
    public IReadOnlyList<RaceMoment> Moments { get; private set; } = [];

    public async Task RunAsync()
    {
        var client = new RaceClient(buckets, _key);
        var rules = new RaceRules(world, buckets, client, _key, change, Problems);
        try
        {
            await RunAsync(client, rules);
        }
        catch (Exception e) when (e is Amazon.Runtime.AmazonServiceException or InvalidOperationException or OperationCanceledException)
        {
            Problems.Add($"the cell itself failed: {e}");
        }

        if (change == ObjectChange.SuspendedAndPut)
        {
            await client.ResumeAsync();
        }
    }

    private async Task RunAsync(RaceClient client, RaceRules rules)
    {
        var first = await client.PutAsync(content);
        _pending.Add(first.Told);
        using var death = new CancellationTokenSource();
        var hold = new RaceHold(moment, death, async held =>
        {
            var passes = await ChangeAsync(client, first, held);
            await rules.LookAsync("while the request was held");
            return passes;
        });
        hold.On(world.Relay);
        await DeliverAsync(first.Told, isRelayed: true, isDead: death.Token);
        Moments = [.. hold.Requests.Select((request, i) => new RaceMoment(i, $"{request.Operation} {Place(request.Bucket)}", true))];
        if (hold.Failure is { } failure)
        {
            Problems.Add($"while the request was held: {failure}");
        }

        if (moment is not null && !hold.IsReached)
        {
            Problems.Add("the request was never sent");
        }

        await rules.LookAsync("after the first delivery");
        for (var i = 0; _pending.Count > 0 && i < MostDeliveries; i++)
        {
            foreach (var told in _pending.ToList())
            {
                await DeliverAsync(told);
                await rules.LookAsync($"after delivery {i + 2}");
            }
        }

        if (_pending.Count > 0)
        {
            Problems.Add($"after {MostDeliveries} deliveries {_pending.Count} events are not done");
        }

        await rules.EndAsync();
        foreach (var told in client.Objects.Select(one => one.Told))
        {
            await DeliverAsync(told);
        }

        await rules.EndAsync("after all events came once more: ");
    }

    /// <returns>False: the connection breaks.</returns>
    private async Task<bool> ChangeAsync(RaceClient client, RaceObject first, RaceHold hold)
    {
        switch (change)
        {
            case ObjectChange.ReplacedByBad:
                await PutAsync(client, RaceContent.Infected);
                break;
            case ObjectChange.ReplacedByGood:
                await PutAsync(client, RaceContent.Clean);
                break;
            case ObjectChange.SameAgain:
                await client.PutSameAsync();
                _pending.Add(client.Last.Told);
                break;
            case ObjectChange.Deleted:
                await client.DeleteAsync();
                break;
            case ObjectChange.DeletedAndPut:
                await client.DeleteAsync();
                await PutAsync(client, RaceContent.Infected);
                break;
            case ObjectChange.DeletedAndSame:
                await client.DeleteAsync();
                await client.PutSameAsync();
                _pending.Add(client.Last.Told);
                break;
            case ObjectChange.VersionDeleted:
                await client.DeleteVersionAsync();
                break;
            case ObjectChange.Tagged:
                await client.TagAsync();
                break;
            case ObjectChange.SuspendedAndPut:
                await client.SuspendAsync();
                await PutAsync(client, RaceContent.Infected);
                break;
            case ObjectChange.BadOvertakes:
                await DeliverAsync(await PutAsync(client, RaceContent.Infected));
                break;
            case ObjectChange.GoodOvertakes:
                await DeliverAsync(await PutAsync(client, RaceContent.Clean));
                break;
            case ObjectChange.GoodTakenForFirst:
                await PutAsync(client, RaceContent.Clean);
                await DeliverAsync(first.Told, staysPending: true);
                break;
            case ObjectChange.TakenTwice:
                await DeliverAsync(first.Told, staysPending: true);
                break;
            case ObjectChange.ConnectionLost:
                return false;
            case ObjectChange.WorkerDies:
                await hold.DieAsync();
                return false;
        }

        return true;
    }

    private async Task<ObjectEvent> PutAsync(RaceClient client, RaceContent other)
    {
        var told = (await client.PutAsync(other)).Told;
        _pending.Add(told);
        return told;
    }

    private async Task DeliverAsync(ObjectEvent told, bool isRelayed = false, bool staysPending = false, CancellationToken isDead = default)
    {
        try
        {
            var result = await world.FlowOf(buckets, isRelayed).RunAsync(told, isDead);
            if (result is not FlowResult.Later && !staysPending)
            {
                _pending.Remove(told);
            }
        }
        catch (OperationCanceledException) when (isDead.IsCancellationRequested)
        {
            // It stays pending.
        }
    }

    private string Place(string bucket) =>
        bucket == buckets.Untrusted ? "in Untrusted" : bucket == buckets.Clean ? "in Clean" : "in Quarantine";
}
