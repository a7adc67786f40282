using System.Diagnostics;
using ClamProxy.Core.Buckets;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>
/// Every change of an object at every request of its flow: before it reaches the store, and when the store has answered. Which requests
/// there are, a first run without a change tells.
/// </summary>
internal sealed class RaceMatrix(Action<string> print)
{
    public List<RaceCell> Cells { get; } = [];

    /// <summary>Cells that the store does not let be right: see <see cref="CanBe(IS3Server, RaceKind, RaceMoment)"/>.</summary>
    public int Impossible { get; private set; }

    public bool IsGood => Cells.Count > 0 && Cells.All(cell => cell.Problems.Count == 0);

    /// <param name="server">The store.</param>
    /// <param name="isMeant">Which cells to run.</param>
    public Task RunAsync(IS3Server server, Func<RaceKind, bool> isMeant) => RunAsync(
        server,
        (world, buckets) => Task.FromResult<IRaceWorker>(new FlowWorker(world, buckets)),
        kind => CanBe(server, kind) && isMeant(kind));

    /// <summary>Processes are killed; their queue is in the same server.</summary>
    public Task KillAsync(MotoServer server, Func<RaceKind, bool> isMeant) =>
        RunAsync(server, ProcessWorker.StartAsync, kind => kind.Change is null or ObjectChange.WorkerDies && isMeant(kind));

    private async Task RunAsync(
        IS3Server server, Func<RaceWorld, RaceBuckets, Task<IRaceWorker>> start, Func<RaceKind, bool> isMeant)
    {
        await using var world = await RaceWorld.StartAsync(server);
        foreach (var action in Enum.GetValues<BucketAction>())
        {
            foreach (var versioning in Enum.GetValues<Versioning>())
            {
                RaceKind[] undisturbed = [.. Enum.GetValues<RaceContent>()
                    .Select(content => new RaceKind(action, versioning, content, null)).Where(kind => CanBe(kind) && isMeant(kind))];
                if (undisturbed.Length > 0)
                {
                    var buckets = new RaceBuckets(world.Client, action, versioning);
                    await buckets.CreateAsync();
                    await using var worker = await start(world, buckets);
                    foreach (var kind in undisturbed)
                    {
                        await RunAsync(server, kind, isMeant, (one, moment) => new(world, buckets, worker, Cells.Count, one, moment));
                    }
                }
            }
        }
    }

    private async Task RunAsync(
        IS3Server server, RaceKind undisturbed, Func<RaceKind, bool> isMeant, Func<RaceKind, RaceMoment?, RaceCell> make)
    {
        var clock = Stopwatch.StartNew();
        var before = Cells.Count;
        var first = await RunAsync(make(undisturbed, null));
        foreach (var moment in first.Moments.SelectMany(one => (RaceMoment[])[one, one with { IsBefore = false }]))
        {
            foreach (var change in Enum.GetValues<ObjectChange>())
            {
                var kind = undisturbed with { Change = change };
                if (!CanBe(kind) || !isMeant(kind))
                {
                    continue;
                }

                if (CanBe(server, kind, moment))
                {
                    await RunAsync(make(kind, moment));
                }
                else
                {
                    Impossible++;
                }
            }
        }

        print($"{first.Name}: {Cells.Count - before} cells in {clock.Elapsed.TotalSeconds:F0} s");
    }

    private async Task<RaceCell> RunAsync(RaceCell cell)
    {
        Cells.Add(cell);
        await cell.RunAsync();
        if (cell.Problems.Count > 0)
        {
            print($"FAILED {cell.Name}\n  {string.Join("\n  ", cell.Problems)}");
        }

        return cell;
    }

    /// <summary>moto forgets all versions of a key that is put while versioning is suspended, which no real store does.</summary>
    private static bool CanBe(IS3Server server, RaceKind kind) =>
        kind.Change != ObjectChange.SuspendedAndPut || server is not MotoServer;

    /// <summary>
    /// Ceph 16 deletes whatever is there, without looking at If-Match: without versions, what replaces an object after the last look at it
    /// is lost, and a process says so when it starts.
    /// </summary>
    private static bool CanBe(IS3Server server, RaceKind kind, RaceMoment moment) =>
        server is not RadosGateway
        || kind is { Action: not BucketAction.Move } or { Versioning: Versioning.On }
        || kind.Change is not (ObjectChange.ReplacedByBad or ObjectChange.ReplacedByGood or ObjectChange.DeletedAndPut)
        || !moment.IsAtDeletion;

    private static bool CanBe(RaceKind kind) => kind switch
    {
        // Nothing is put there.
        { Action: BucketAction.Tag } when kind.Content is not (RaceContent.Clean or RaceContent.Infected) => false,
        { Change: ObjectChange.VersionDeleted or ObjectChange.SuspendedAndPut } => kind.Versioning == Versioning.On,
        _ => true,
    };
}
