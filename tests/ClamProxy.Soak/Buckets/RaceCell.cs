using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Soak.Buckets;

/// <summary>
/// One object goes through its flow, and at one of the requests something happens to it. Then all events are delivered until there is
/// nothing more to do, and all of them once more. What must hold is looked at after each step.
/// </summary>
internal sealed class RaceCell(
    RaceWorld world, RaceBuckets buckets, IRaceWorker worker, int number, RaceKind kind, RaceMoment? moment)
{
    private const int MostDeliveries = 6;

    private readonly string _key = $"cell {number:00000}/a+b.txt";
    private readonly List<ObjectEvent> _pending = [];

    public RaceKind Kind => kind;

    public string Name => $"{kind.Action}, versioning {kind.Versioning}, {kind.Content}: {kind.Change?.ToString() ?? "no change"} "
        + (moment is null ? "" : $"{(moment.IsBefore ? "before" : "after")} {moment.Request}. {moment.Name}");

    public List<string> Problems { get; } = [];

    /// <summary>What the flow asked the store for, without a change.</summary>
    public IReadOnlyList<RaceMoment> Moments { get; private set; } = [];

    public async Task RunAsync()
    {
        var client = new RaceClient(buckets, _key);
        var rules = new RaceRules(world, buckets, client, _key, kind.Change, Problems);
        try
        {
            await RunAsync(client, rules);
            await buckets.RemoveAsync(_key);
        }
        catch (Exception e) when (e is Amazon.Runtime.AmazonServiceException or InvalidOperationException or OperationCanceledException)
        {
            Problems.Add($"the cell itself failed: {e}");
        }

        if (kind.Change == ObjectChange.SuspendedAndPut)
        {
            await client.ResumeAsync();
        }
    }

    private async Task RunAsync(RaceClient client, RaceRules rules)
    {
        var first = await client.PutAsync(kind.Content);
        _pending.Add(first.Told);
        var hold = new RaceHold($"{number:00000}/", moment, async () =>
        {
            var passes = await ChangeAsync(client, first);
            await rules.LookAsync("while the request was held");
            return passes;
        });
        hold.On(world.Relay);
        if (await worker.DeliverAsync(first.Told))
        {
            _pending.Remove(first.Told);
        }

        Moments = [.. hold.Requests.Select((request, i) => new RaceMoment(
            i,
            $"{request.Operation} {Place(request.Bucket)}",
            IsBefore: true,
            IsLastLook: hold.Requests.ElementAtOrDefault(i + 1)?.Operation == "DeleteObject"))];
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
                if (await worker.DeliverAsync(told))
                {
                    _pending.Remove(told);
                }

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
            await worker.DeliverAsync(told);
        }

        await rules.EndAsync("after all events came once more: ");
    }

    /// <returns>False: the connection breaks.</returns>
    private async Task<bool> ChangeAsync(RaceClient client, RaceObject first)
    {
        switch (kind.Change)
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
                await DoAsOtherAsync(await PutAsync(client, RaceContent.Infected));
                break;
            case ObjectChange.GoodOvertakes:
                await DoAsOtherAsync(await PutAsync(client, RaceContent.Clean));
                break;
            case ObjectChange.GoodTakenForFirst:
                await PutAsync(client, RaceContent.Clean);
                await (await world.FlowOfAsync(buckets, isRelayed: false)).RunAsync(first.Told, CancellationToken.None);
                break;
            case ObjectChange.TakenTwice:
                await (await world.FlowOfAsync(buckets, isRelayed: false)).RunAsync(first.Told, CancellationToken.None);
                break;
            case ObjectChange.ConnectionLost:
                return false;
            case ObjectChange.WorkerDies:
                await worker.KillAsync();
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

    private async Task DoAsOtherAsync(ObjectEvent told)
    {
        if (await (await world.FlowOfAsync(buckets, isRelayed: false)).RunAsync(told, CancellationToken.None) is not FlowResult.Later)
        {
            _pending.Remove(told);
        }
    }

    private string Place(string bucket) =>
        bucket == buckets.Untrusted ? "in Untrusted" : bucket == buckets.Clean ? "in Clean" : "in Quarantine";
}
