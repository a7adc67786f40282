using System.Globalization;
using ClamProxy.Core.Buckets;
using ClamProxy.Soak.Buckets;
using ClamProxy.Soak.Compose;
using ClamProxy.Soak.Hostile;
using ClamProxy.Soak.Jobs;
using ClamProxy.Soak.Load;
using ClamProxy.Soak.Matrix;
using ClamProxy.Soak.Mixed;
using ClamProxy.Soak.Records;

return args switch
{
    ["matrix", .. var which] when Faults.Parse(which) is { } isMeant => await MatrixCommand.RunAsync(isMeant),
    ["soak"] => await SoakAsync(TimeSpan.FromMinutes(10), (_, _) => true),
    ["soak", var time, .. var which] when Duration(time) is { } duration && Faults.Parse(which) is { } isMeant =>
        await SoakAsync(duration, isMeant),
    ["overload"] => await OverloadAsync(TimeSpan.FromSeconds(20)),
    ["overload", var time] when Duration(time) is { } duration => await OverloadAsync(duration),
    ["hostile", .. var names] => await HostileCommand.RunAsync(names),
    ["compose"] => await ComposeAsync(TimeSpan.FromMinutes(10), Environment.TickCount),
    ["compose", var time] when Duration(time) is { } duration => await ComposeAsync(duration, Environment.TickCount),
    ["compose", var time, var seed] when Duration(time) is { } duration
        && int.TryParse(seed, CultureInfo.InvariantCulture, out var number) =>
        await ComposeAsync(duration, number),
    ["kill-jobs", .. var names] when KillCommand.Parse(names) is var (worlds, parts) => await KillCommand.RunAsync(worlds, parts),
    ["load-jobs"] => await LoadJobsAsync([.. KillMatrix.Queues.Keys], small: 10_000, large: 100),
    ["load-jobs", var queue] when KillMatrix.Queues.ContainsKey(queue) => await LoadJobsAsync([queue], small: 10_000, large: 100),
    ["load-jobs", var queue, var small, var large] when KillMatrix.Queues.ContainsKey(queue) && Number(small) is { } uploads
        && Number(large) is { } largeUploads => await LoadJobsAsync([queue], uploads, largeUploads),
    ["bucket-races", .. var names] when RaceCommand.Parse(names) is var (store, isMeant) => await RaceCommand.RunAsync(store, isMeant),
    ["bucket-kills", .. var names] when RaceCommand.Parse(names) is (_, var isMeant) => await RaceCommand.KillAsync(isMeant),
    ["load-buckets"] => await LoadBucketsAsync(small: 5000, large: 50, largeMiB: 1024),
    ["load-buckets", var small, var large, var largeMiB] when Number(small) is { } count && Number(large) is { } largeCount
        && Number(largeMiB) is { } mebibytes and < 2000 => await LoadBucketsAsync(count, largeCount, mebibytes),
    ["record"] => await RecordAsync(10_000_000, 1024),
    ["record", var count] when Number(count) is { } deliveries => await RecordAsync(deliveries, 1024),
    ["record", var count, var size] when Number(count) is { } deliveries && Number(size) is > 0 and var mebibytes =>
        await RecordAsync(deliveries, mebibytes),
    ["mixed"] => await MixedAsync(TimeSpan.FromMinutes(1)),
    ["mixed", var time] when Duration(time) is { } duration => await MixedAsync(duration),
    _ => Usage(),
};

static async Task<int> SoakAsync(TimeSpan duration, Func<Component, FaultKind, bool> isMeant) =>
    await SoakRun.RunAsync(duration, isMeant, Environment.TickCount, Console.WriteLine, Console.Error.WriteLine) ? 0 : 1;

static async Task<int> OverloadAsync(TimeSpan duration) => await OverloadRun.RunAsync(duration, Console.WriteLine) ? 0 : 1;

static async Task<int> ComposeAsync(TimeSpan duration, int seed) => await ComposeRun.RunAsync(duration, seed, Console.WriteLine) ? 0 : 1;

static async Task<int> MixedAsync(TimeSpan duration) => await MixedRun.RunAsync(duration, Console.WriteLine) ? 0 : 1;

static async Task<int> LoadJobsAsync(string[] queues, int small, int large)
{
    var isGood = true;
    foreach (var queue in queues)
    {
        isGood &= small == 0 || await new JobLoadRun(queue, small, Console.WriteLine).RunAsync();
        isGood &= large == 0 || await new JobMemoryRun(queue, large, Console.WriteLine).RunAsync();
    }

    return isGood ? 0 : 1;
}

static async Task<int> LoadBucketsAsync(int small, int large, int largeMiB)
{
    var isGood = small == 0 || await new BucketLoadRun(small, 64 << 10, Console.WriteLine).RunAsync();
    isGood &= large == 0 || await new BucketLoadRun(large, largeMiB << 20, Console.WriteLine).RunAsync();
    return isGood ? 0 : 1;
}

static async Task<int> RecordAsync(int deliveries, int mebibytes) =>
    await new RecordLoad(deliveries, (long)mebibytes << 20).RunAsync(Console.WriteLine) ? 0 : 1;

static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

static TimeSpan? Duration(string text) =>
    text is [.. var number, 's' or 'm'] && double.TryParse(number, CultureInfo.InvariantCulture, out var count) && count > 0
        ? text[^1] == 'm' ? TimeSpan.FromMinutes(count) : TimeSpan.FromSeconds(count)
        : null;

static int Usage()
{
    Console.Error.WriteLine($"""
        usage: ClamProxy.Soak matrix [component [fault]]            every fault, while every kind of request is under way
               ClamProxy.Soak soak [duration [component [fault]]]   a mix at saturation with faults; 10m unless told otherwise
               ClamProxy.Soak overload [duration]                   the peak, then ten times as much; 20s each unless told otherwise
               ClamProxy.Soak hostile [case…]                       attacks by upstreams, clients and neighbours, each on a process of its own; all unless named
               ClamProxy.Soak compose [duration [seed]]             real clients and an upstream that composes its answers; 10m unless told otherwise
               ClamProxy.Soak mixed [duration]                      attacks at once while others work; 1m unless told otherwise
               ClamProxy.Soak kill-jobs [queue…] [part…]            API, worker and servers fail at each step of a job; all unless named
               ClamProxy.Soak load-jobs [queue [small large]]       10,000 small uploads, also while workers are killed, and 100 large ones
               ClamProxy.Soak bucket-races [store] [name…]         an object of a bucket changes at each request of its flow; all cells unless named
               ClamProxy.Soak bucket-kills [name…]                 the worker of a bucket is killed at each request of its flow; all cells unless named
               ClamProxy.Soak load-buckets [small large MiB]       5,000 objects of 64 KiB and 50 of 1 GiB, by two processes with two workers each
               ClamProxy.Soak record [deliveries [MiB]]            10,000,000 deliveries into a record of 1,024 MiB, and who took what
        components: {string.Join(", ", Enum.GetNames<Component>())}
        faults: {string.Join(", ", Enum.GetNames<FaultKind>())}
        queues: {string.Join(", ", KillMatrix.Queues.Keys)}; of kill-jobs: {string.Join(", ", KillMatrix.Worlds)}; parts: {string.Join(", ", Enum.GetNames<JobPart>())}
        stores: {string.Join(", ", RaceCommand.Stores)}; actions: {string.Join(", ", Enum.GetNames<BucketAction>())}
        versioning: {string.Join(", ", Enum.GetNames<Versioning>())}; contents: {string.Join(", ", Enum.GetNames<RaceContent>())}
        changes: {string.Join(", ", Enum.GetNames<ObjectChange>())}
        """);
    return 64;
}
