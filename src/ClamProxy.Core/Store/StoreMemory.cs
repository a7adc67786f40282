using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Store;

/// <summary>
/// What was asked for lately: entries, and contents with their open files. The disk has the last word on whether they still are.
/// </summary>
internal sealed class StoreMemory(StoreOptions options, TimeProvider clock)
{
    /// <summary>Another process may have stored another answer for the URL, or a newer verdict: how long that may go unnoticed.</summary>
    private static readonly TimeSpan s_lookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly LruTable<UrlKey, KnownEntry> _entries = new(
        options.EntriesInMemory, null, options.HeadsInMemory, known => known.Entry.BytesInMemory);
    private readonly LruTable<string, HeldContent> _contents = new(options.OpenFiles, content => content.LetGo());
    private readonly LruTable<string, DateTimeOffset> _dropped = new(options.EntriesInMemory);

    /// <summary>The memory that the entries take, in bytes.</summary>
    public long HeadBytes => _entries.Bytes;

    /// <summary>What one call to the disk shows to be there still; null where the disk has to be asked for more.</summary>
    public StoredFile? Find(UrlKey key)
    {
        if (!_entries.TryGet(key, out var entry) || entry.IsDue(clock, s_lookAgainAfter) || Hold(entry.Entry.Sha256) is not { } content)
        {
            return null;
        }

        if (content.Stamp.Length == entry.Entry.Length && content.IsStillThere)
        {
            return new StoredFile(content, entry.Entry.Head, entry.Entry.StoredAt, entry.Entry.ConfirmedAt);
        }

        content.LetGo();
        return null;
    }

    /// <summary>A content that is open already, held for the caller.</summary>
    public HeldContent? Hold(string sha256) => _contents.TryGet(sha256, out var content) && content.TryHold() ? content : null;

    public void Remember(UrlKey key, StoredEntry entry) => _entries.Set(key, new KnownEntry(entry, clock.GetTimestamp()));

    /// <param name="content">Held for this table.</param>
    public void Remember(HeldContent content) => _contents.Set(content.Sha256, content);

    /// <summary>Notes a newer verdict at a content that is open.</summary>
    public void Remember(ContentRecord verdict)
    {
        if (Hold(verdict.Sha256) is { } content)
        {
            content.Verdict = verdict;
            content.LetGo();
        }
    }

    public void Forget(UrlKey key) => _entries.Remove(key);

    public void Forget(string sha256) => _contents.Remove(sha256);

    /// <summary>Lets go of contents that another process removed: their room on disk is not free before.</summary>
    public void ForgetWhatIsGone()
    {
        foreach (var content in _contents.Values.Where(content => !content.IsStillThere))
        {
            _contents.Remove(content.Sha256);
        }
    }

    public void Drop(string sha256, DateTimeOffset at)
    {
        _dropped.Set(sha256, at);
        _contents.Remove(sha256);
    }

    /// <summary>Whether the content turned out infected after this scan.</summary>
    public bool IsDropped(ContentRecord verdict) => _dropped.TryGet(verdict.Sha256, out var at) && verdict.ScannedAt <= at;

    public void Clear() => _contents.Clear();

    /// <summary>An entry as it was on disk when it was last looked at.</summary>
    private sealed class KnownEntry(StoredEntry entry, long seen)
    {
        private long _seen = seen;

        public StoredEntry Entry { get; } = entry;

        /// <summary>Whether it is this caller's turn to look at the disk again; the others go on with what is known.</summary>
        public bool IsDue(TimeProvider clock, TimeSpan after)
        {
            var seen = Volatile.Read(ref _seen);
            return clock.GetElapsedTime(seen) >= after && Interlocked.CompareExchange(ref _seen, clock.GetTimestamp(), seen) == seen;
        }
    }
}
