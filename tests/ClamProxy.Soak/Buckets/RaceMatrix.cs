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

    public bool IsGood => Cells.Count > 0 && Cells.All(cell => cell.Problems.Count == 0);

    /// <param name="server">The store.</param>
    /// <param name="isMeant">Which cells to run.</param>
    public async Task RunAsync(IS3Server server, Func<RaceCell, bool> isMeant)
    {
        await using var world = await RaceWorld.StartAsync(server);
        foreach (var action in Enum.GetValues<BucketAction>())
        {
            foreach (var versioning in Enum.GetValues<Versioning>())
            {
                var buckets = await world.BucketsAsync(action, versioning);
                foreach (var content in Enum.GetValues<RaceContent>())
                {
                    await RunAsync(world, buckets, content, cell => CanBe(server, cell) && isMeant(cell));
                }
            }
        }
    }

    private async Task RunAsync(RaceWorld world, RaceBuckets buckets, RaceContent content, Func<RaceCell, bool> isMeant)
    {
        var undisturbed = new RaceCell(world, buckets, Cells.Count, content, null, null);
        if (!CanBe(buckets, content) || !isMeant(undisturbed))
        {
            return;
        }

        var clock = Stopwatch.StartNew();
        await RunAsync(undisturbed);
        var before = Cells.Count;
        foreach (var moment in undisturbed.Moments.SelectMany(one => (RaceMoment[])[one, one with { IsBefore = false }]))
        {
            foreach (var change in Enum.GetValues<ObjectChange>().Where(change => CanBe(buckets, change)))
            {
                var cell = new RaceCell(world, buckets, Cells.Count, content, moment, change);
                if (isMeant(cell))
                {
                    await RunAsync(cell);
                }
            }
        }

        print($"{undisturbed.Name.TrimEnd(':', ' ')}: {Cells.Count - before} cells in {clock.Elapsed.TotalSeconds:F0} s");
    }

    private async Task RunAsync(RaceCell cell)
    {
        Cells.Add(cell);
        await cell.RunAsync();
        if (cell.Problems.Count > 0)
        {
            print($"FAILED {cell.Name}\n  {string.Join("\n  ", cell.Problems)}");
        }
    }

    /// <summary>moto forgets all versions of a key that is put while versioning is suspended, which no real store does.</summary>
    private static bool CanBe(IS3Server server, RaceCell cell) =>
        cell.Change != ObjectChange.SuspendedAndPut || server is not MotoServer;

    /// <summary>Where objects are tagged nothing is put.</summary>
    private static bool CanBe(RaceBuckets buckets, RaceContent content) =>
        buckets.Action != BucketAction.Tag || content is RaceContent.Clean or RaceContent.Infected;

    private static bool CanBe(RaceBuckets buckets, ObjectChange change) => change switch
    {
        ObjectChange.VersionDeleted or ObjectChange.SuspendedAndPut => buckets.Versioning == Versioning.On,
        _ => true,
    };
}
