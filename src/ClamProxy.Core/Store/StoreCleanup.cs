using ClamProxy.Core.Files;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>
/// Keeps the folder within its bounds and free of leftovers. Of all processes that share it, one does so at a time; the others only count.
/// </summary>
internal sealed class StoreCleanup(
    StoreOptions options, StoreDisk disk, StoreMemory memory, StoreReader reader, StoreMetrics metrics, ILogger logger, TimeProvider clock)
{
    /// <summary>What is younger may belong to something that is just being stored, verdict first, the URL last.</summary>
    private static readonly TimeSpan s_leftoverAfter = TimeSpan.FromHours(1);

    /// <summary>No scan that had begun before a content was dropped ends later than that.</summary>
    private static readonly TimeSpan s_dropForgottenAfter = TimeSpan.FromDays(1);

    private readonly StoreSurvey _survey = new(disk.Folders);
    private readonly Lock _oneAtATime = new();
    private long _bytes;
    private int _files;
    private int _entries;

    /// <summary>As of the last count, with what this process has stored since.</summary>
    public StoreUsage Usage => new(Interlocked.Read(ref _bytes), Volatile.Read(ref _files), Volatile.Read(ref _entries));

    private StoreBounds Bounds => StoreBounds.Of(options, Usage, disk.Room());

    private bool IsOver => !Bounds.Hold(Usage) || Usage.Entries > options.Entries;

    /// <summary>Whether a body of this length can be kept at all.</summary>
    public bool HasRoomFor(long length) => StoreUsage.Of(length) <= Bounds.Bytes;

    /// <summary>Counts what was stored, and makes room where it was too much.</summary>
    public void Added(bool isNewContent, long length)
    {
        Interlocked.Increment(ref _entries);
        if (isNewContent)
        {
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, StoreUsage.Of(length));
        }

        if (IsOver)
        {
            Run(isThorough: Usage.Entries > options.Entries, isForRoom: true);
        }
    }

    /// <summary>Counts, and makes room where there is too much.</summary>
    /// <param name="isThorough">Also looks for what leads nowhere, which takes reading every entry.</param>
    /// <param name="isForRoom">Where another process makes room already, there is nothing to do.</param>
    public void Run(bool isThorough, bool isForRoom = false)
    {
        if (!_oneAtATime.TryEnter())
        {
            return;
        }

        try
        {
            using var turn = disk.TryLock(disk.Folders.TidyLock);
            if (turn is null && isForRoom)
            {
                return;
            }

            memory.ForgetWhatIsGone();
            var contents = _survey.Contents().ToDictionary(content => content.Hex, content => content.Look, StringComparer.Ordinal);
            if (turn is not null && isThorough)
            {
                Sweep(contents);
            }

            Count(contents);
            if (turn is not null && IsOver)
            {
                Evict(contents);
            }
        }
        finally
        {
            _oneAtATime.Exit();
        }
    }

    /// <summary>All contents, the least recently used last.</summary>
    public IReadOnlyList<(string Sha256, DateTimeOffset UsedAt)> ByUse() =>
        [.. _survey.Contents().Select(content => (content.Hex, content.Look.UsedAt)).OrderByDescending(content => content.UsedAt)];

    private void Count(Dictionary<string, FileStat> contents)
    {
        var urls = _survey.Urls().Select(url => StoreUsage.BeyondANote(url.Look.Stamp.Length)).ToList();
        Interlocked.Exchange(ref _bytes, contents.Values.Sum(look => StoreUsage.Of(look.Stamp.Length)) + urls.Sum());
        Volatile.Write(ref _files, contents.Count);
        Volatile.Write(ref _entries, urls.Count);
    }

    private void Evict(Dictionary<string, FileStat> contents)
    {
        var before = Usage;
        var bounds = Bounds.Roomy;
        foreach (var (sha256, look) in contents.OrderBy(content => content.Value.UsedAt))
        {
            if (bounds.Hold(Usage))
            {
                break;
            }

            Leave(sha256, look);
        }

        if (before.Files > Usage.Files)
        {
            logger.Evicted(before.Files - Usage.Files, before.Bytes - Usage.Bytes);
        }
    }

    private void Leave(string sha256, FileStat look)
    {
        memory.Forget(sha256);
        if (disk.Remove(disk.Folders.Content(sha256)))
        {
            metrics.Evicted();
        }

        disk.Remove(disk.Folders.Verdict(sha256));
        Interlocked.Decrement(ref _files);
        Interlocked.Add(ref _bytes, -StoreUsage.Of(look.Stamp.Length));
    }

    /// <summary>Removes what a killed process left, what nothing leads to, and what is not the store's.</summary>
    private void Sweep(Dictionary<string, FileStat> contents)
    {
        var foreign = _survey.Foreign().ToList();
        foreach (var path in foreign.Where(disk.Remove))
        {
            metrics.Damaged(StoreDamage.Foreign);
        }

        if (foreign.Count > 0)
        {
            logger.Foreign(foreign.Count, foreign[0]);
        }

        var swept = disk.SweepTemp();
        var before = clock.GetUtcNow() - s_leftoverAfter;
        var reached = SweepUrls(before, ref swept);
        foreach (
            var (sha256, look) in contents.Where(
                content => content.Value.UsedAt < before && !(reached.Contains(content.Key) && HasVerdict(content.Key))).ToList())
        {
            swept += disk.Remove(disk.Folders.Content(sha256)) ? 1 : 0;
            memory.Forget(sha256);
            contents.Remove(sha256);
        }

        swept += Sweep(_survey.Verdicts(), disk.Folders.Verdict, before, sha256 => !IsThere(disk.Folders.Content(sha256)));
        swept += Sweep(_survey.Drops(), disk.Folders.Drop, clock.GetUtcNow() - s_dropForgottenAfter, _ => true);
        if (swept > 0)
        {
            logger.Swept(swept);
        }
    }

    /// <returns>The contents that an URL leads to.</returns>
    private HashSet<string> SweepUrls(DateTimeOffset before, ref int swept)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var surplus = StoreFiles.List(disk.Folders.Urls).Count() - options.Entries;
        var oldest = surplus <= 0
            ? []
            : _survey.Urls().OrderBy(url => url.Look.UsedAt).Take(surplus + (options.Entries / 20)).Select(url => url.Hex).ToHashSet();
        foreach (var (digits, look) in _survey.Urls())
        {
            if (reader.ReadEntry(digits, isUse: false) is not { } entry)
            {
                continue;
            }

            if (oldest.Contains(digits) || (look.UsedAt < before && !IsThere(disk.Folders.Content(entry.Sha256))))
            {
                swept += disk.Remove(disk.Folders.Url(digits)) ? 1 : 0;
            }
            else
            {
                reached.Add(entry.Sha256);
            }
        }

        return reached;
    }

    private int Sweep(
        IEnumerable<(string Hex, FileStat Look)> files,
        Func<string, string> pathOf,
        DateTimeOffset before,
        Func<string, bool> isLeftover) =>
        files.Where(file => file.Look.UsedAt < before && isLeftover(file.Hex)).ToList().Count(file => disk.Remove(pathOf(file.Hex)));

    private bool HasVerdict(string sha256) => IsThere(disk.Folders.Verdict(sha256));

    private static bool IsThere(string path) => NativeFile.TryLook(path, out _);
}
