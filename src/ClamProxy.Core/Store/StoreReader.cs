using ClamProxy.Core.Files;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>Reads the store's folder and believes nothing of it: what cannot be right is removed, logged and counted.</summary>
internal sealed class StoreReader(
    StoreFolders folders,
    StoreDisk disk,
    StoreMemory memory,
    ContentChecks checks,
    StoreMetrics metrics,
    ILogger logger,
    TimeProvider clock)
{
    /// <summary>The order of use needs no more: files of one minute leave together.</summary>
    private static readonly TimeSpan s_noteUseAfter = TimeSpan.FromMinutes(1);

    /// <param name="isUse">A client asks for it: it goes to the end of the queue of those that leave.</param>
    public StoredEntry? ReadEntry(string digits, bool isUse)
    {
        var path = folders.Url(digits);
        if (StoreFiles.Read(path, EntryFormat.MaxBytes, out var look) is not { } bytes)
        {
            return null;
        }

        var entry = EntryFormat.Read(digits, bytes);
        if (entry is null)
        {
            Remove(path, StoreDamage.Entry);
        }
        else if (isUse && IsLongAgo(look.UsedAt, out var now))
        {
            disk.SetUsed(path, now);
        }

        return entry;
    }

    /// <summary>The clean verdict on a content; null where there is none.</summary>
    public ContentRecord? ReadVerdict(string sha256)
    {
        var path = folders.Verdict(sha256);
        if (StoreFiles.Read(path, VerdictFormat.MaxBytes) is not { } bytes)
        {
            return null;
        }

        var verdict = VerdictFormat.ReadContent(ContentKey.For(sha256), bytes);
        if (verdict is { Verdict: Verdict.Clean })
        {
            return verdict;
        }

        Remove(path, StoreDamage.Verdict);
        return null;
    }

    /// <summary>Opens a content that is proved right and has a clean verdict, held for the caller.</summary>
    /// <param name="isUse">A client asks for it: it stays open for the next one and goes to the end of the queue of those that
    /// leave.</param>
    /// <returns>Null where there is none; a damaged one is removed.</returns>
    public async ValueTask<HeldContent?> OpenAsync(string sha256, bool isUse, CancellationToken cancellationToken)
    {
        var verdict = ReadVerdict(sha256);
        if (verdict is null || memory.IsDropped(verdict))
        {
            memory.Forget(sha256);
            return null;
        }

        var content = Reuse(sha256, verdict) ?? await OpenNewAsync(sha256, verdict, isUse, cancellationToken).ConfigureAwait(false);
        if (isUse && content is not null)
        {
            NoteUse(content);
        }

        return content;
    }

    /// <summary>What a stored content's file is at the moment; null where there is none.</summary>
    public FileStamp? StampOf(string sha256) =>
        NativeFile.TryLook(folders.Content(sha256), out var look) && look is { IsRegular: true, IsOurs: true } ? look.Stamp : null;

    public void RemoveEntry(string digits) => Remove(folders.Url(digits), StoreDamage.Entry);

    /// <summary>Removes a content whose bytes are wrong, unless another file has taken its place.</summary>
    public void RemoveContent(string sha256, FileStamp stamp)
    {
        memory.Forget(sha256);
        checks.Forget(sha256);
        var path = folders.Content(sha256);
        if (NativeFile.TryLook(path, out var look) && look.Stamp == stamp)
        {
            Remove(path, StoreDamage.Content);
        }
    }

    public void Remove(string path, StoreDamage damage)
    {
        if (disk.Remove(path))
        {
            logger.Damaged(path, InWords(damage));
            metrics.Damaged(damage);
        }
    }

    private static string InWords(StoreDamage damage) => damage switch
    {
        StoreDamage.Foreign => "it is not part of the store",
        StoreDamage.Content => "its bytes are not those that it was stored with",
        StoreDamage.Verdict => "it is not a valid verdict",
        StoreDamage.Entry => "it is not a valid record of an URL",
    };

    private HeldContent? Reuse(string sha256, ContentRecord verdict)
    {
        if (memory.Hold(sha256) is not { } content)
        {
            return null;
        }

        if (content.IsStillThere)
        {
            content.Verdict = verdict;
            return content;
        }

        content.LetGo();
        return null;
    }

    private async ValueTask<HeldContent?> OpenNewAsync(
        string sha256, ContentRecord verdict, bool isUse, CancellationToken cancellationToken)
    {
        var path = folders.Content(sha256);
        var file = StoreFiles.Open(path, out var look);
        if (file is null)
        {
            memory.Forget(sha256);
            return null;
        }

        HeldContent? content = null;
        try
        {
            if (!checks.IsWhole(sha256, look.Stamp))
            {
                var state = await checks.CheckAsync(sha256, look.Stamp, cancellationToken).ConfigureAwait(false);
                if (state == ContentState.Damaged)
                {
                    RemoveContent(sha256, look.Stamp);
                }

                if (state != ContentState.Whole)
                {
                    return null;
                }
            }

            content = new HeldContent(sha256, path, file, look, verdict);
        }
        finally
        {
            if (content is null)
            {
                file.Dispose();
            }
        }

        if (isUse && content.TryHold())
        {
            memory.Remember(content);
        }

        // Dropped since the first look, by a Drop that could not remove the file: what it forgot must not be back now.
        if (memory.IsDropped(verdict))
        {
            memory.Forget(sha256);
        }

        return content;
    }

    private void NoteUse(HeldContent content)
    {
        if (IsLongAgo(content.UsedAt, out var now))
        {
            content.UsedAt = now;
            disk.SetUsed(content.Path, now);
        }
    }

    private bool IsLongAgo(DateTimeOffset usedAt, out DateTimeOffset now)
    {
        now = clock.GetUtcNow();
        return (now - usedAt).Duration() >= s_noteUseAfter;
    }
}
