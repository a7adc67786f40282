using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using ClamProxy.Core.Files;
using ClamProxy.Core.Verdicts;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>
/// Changes what is stored. The order of the steps is what holds after a kill: the verdict is there before its content, the content before
/// the URL that leads to it; and a content that turned out infected goes first.
/// </summary>
internal sealed class StoreWriter(
    StoreFolders folders, StoreDisk disk, StoreMemory memory, StoreReader reader, ContentChecks checks, TimeProvider clock)
{
    private const int DropBytes = 64;

    /// <returns>Whether it is kept, and whether its content is new.</returns>
    /// <exception cref="IOException">The disk is full or broken; whatever is there can be opened as before.</exception>
    public (bool IsKept, bool IsNew) Keep(
        UrlKey key, StoredEntry entry, ContentRecord verdict, SafeFileHandle? body, CancellationToken cancellationToken)
    {
        var digits = StoreFolders.Digits(key);
        if (EntryFormat.Write(digits, entry) is not { } bytes || IsDropped(verdict))
        {
            return default;
        }

        WriteVerdict(verdict);
        var isNew = PutContent(entry.Sha256, body, entry.Length, cancellationToken);

        // Dropped between the first look and the content's coming: whoever dropped it has not seen it.
        if (IsDropped(verdict))
        {
            disk.Remove(folders.Content(entry.Sha256));
            return default;
        }

        disk.Write(folders.Url(digits), bytes, clock.GetUtcNow());
        memory.Remember(key, entry);
        return (true, isNew);
    }

    /// <summary>Puts a newer clean verdict in the place of an older one; nothing where the content is not stored.</summary>
    public void Confirm(ContentRecord verdict)
    {
        if (NativeFile.TryLook(folders.Content(verdict.Sha256), out _) && !IsDropped(verdict))
        {
            WriteVerdict(verdict);
        }
    }

    /// <summary>
    /// Puts a newer head in the place of an URL's older one; nothing where the URL leads to another content by now, or has a newer head.
    /// </summary>
    public bool Refresh(UrlKey key, string sha256, StoredHead head, DateTimeOffset confirmedAt)
    {
        var digits = StoreFolders.Digits(key);
        if (reader.ReadEntry(digits, isUse: false) is not { } entry || entry.Sha256 != sha256 || entry.ConfirmedAt > confirmedAt)
        {
            return false;
        }

        var confirmed = entry with { Head = head, ConfirmedAt = confirmedAt };
        if (EntryFormat.Write(digits, confirmed) is not { } bytes)
        {
            return false;
        }

        disk.Write(folders.Url(digits), bytes, clock.GetUtcNow());
        memory.Remember(key, confirmed);
        return true;
    }

    public bool Forget(UrlKey key)
    {
        memory.Forget(key);
        return disk.Remove(folders.Url(StoreFolders.Digits(key)));
    }

    /// <summary>Removes a content for good: no scan made until now brings it back.</summary>
    public void Drop(string sha256)
    {
        var now = clock.GetUtcNow();
        memory.Drop(sha256, now);
        checks.Forget(sha256);

        // The first step ends it for every process; it is done again for whoever was storing the content between the two. Each is tried
        // whatever became of the others: without its verdict a content is not answered with either.
        Exception? broken = null;
        Try(() => disk.Remove(folders.Content(sha256)));
        Try(() => disk.Write(folders.Drop(sha256), Encoding.ASCII.GetBytes(now.ToString("O", CultureInfo.InvariantCulture)), now));
        Try(() => disk.Remove(folders.Content(sha256)));
        Try(() => disk.Remove(folders.Verdict(sha256)));
        if (broken is not null)
        {
            ExceptionDispatchInfo.Throw(broken);
        }

        void Try(Action step)
        {
            try
            {
                step();
            }
            catch (Exception e) when (StoreHealth.IsOfDisk(e))
            {
                broken ??= e;
            }
        }
    }

    private void WriteVerdict(ContentRecord verdict)
    {
        // One of the future is damaged, or of a clock that was set back since: it must not stand in the way for ever.
        if (reader.ReadVerdict(verdict.Sha256) is { } stored
            && stored.ScannedAt >= verdict.ScannedAt
            && stored.ScannedAt <= clock.GetUtcNow())
        {
            return;
        }

        disk.Write(folders.Verdict(verdict.Sha256), VerdictFormat.Write(ContentKey.For(verdict.Sha256), verdict), clock.GetUtcNow());
        memory.Remember(verdict);
    }

    /// <returns>False when the same content was there.</returns>
    private bool PutContent(string sha256, SafeFileHandle? body, long length, CancellationToken cancellationToken)
    {
        var path = folders.Content(sha256);
        var isThere = NativeFile.TryLook(path, out var look);
        var isSame = isThere && look is { IsRegular: true, IsOurs: true } && look.Stamp.Length == length;
        if (isThere && !isSame)
        {
            reader.Remove(path, StoreDamage.Content);
        }

        if (!isSame)
        {
            Put(sha256, path, body, length, cancellationToken);
        }
        else
        {
            disk.SetUsed(path, clock.GetUtcNow());
        }

        return !isSame;
    }

    private void Put(string sha256, string path, SafeFileHandle? body, long length, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (body is null)
        {
            disk.Write(path, ReadOnlyMemory<byte>.Empty, now);
        }
        else if (!IsNameless(body) || !disk.TryLink(body, path))
        {
            // Hashed when it is first asked for: the way from the other file system might have gone wrong.
            disk.Copy(body, length, path, now, cancellationToken);
        }
        else if (NativeFile.TryLook(body, out var linked))
        {
            disk.SetUsed(path, now);
            checks.Trust(sha256, linked.Stamp);
        }
    }

    /// <summary>A file that has a name already may be written to by whoever knows it.</summary>
    private static bool IsNameless(SafeFileHandle body) =>
        NativeFile.TryLook(body, out var look) && look is { IsRegular: true, IsOurs: true, Names: 0 };

    /// <summary>Whether the content turned out infected after this scan. What cannot be read says that it did.</summary>
    private bool IsDropped(ContentRecord verdict)
    {
        if (memory.IsDropped(verdict))
        {
            return true;
        }

        return StoreFiles.Read(folders.Drop(verdict.Sha256), DropBytes) is { } bytes
            && (
                !DateTimeOffset.TryParseExact(
                    Encoding.ASCII.GetString(bytes), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                || verdict.ScannedAt <= at);
    }
}
