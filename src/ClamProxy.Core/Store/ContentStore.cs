using System.Runtime.CompilerServices;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>
/// Clean files in a folder, by their hash: what was downloaded and scanned once is answered from here. Several processes may share the folder.
/// A disk that is full or broken makes it answer "not there" and keep nothing; it never breaks a request.
/// </summary>
public sealed class ContentStore : IDisposable
{
    private readonly StoreMemory _memory;
    private readonly StoreReader _reader;
    private readonly StoreWriter _writer;
    private readonly StoreTidy _tidy;
    private readonly StoreScrub _scrub;
    private readonly StoreHealth _reading;
    private readonly StoreHealth _writing;
    private readonly StoreHealth _tidying;
    private readonly StoreMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;

    public ContentStore(StoreOptions options, StoreMetrics metrics, ILogger<ContentStore> logger, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        IsOn = options.IsOn;
        (_metrics, _logger, _clock) = (metrics, logger, clock);
        var folders = new StoreFolders(IsOn ? options.Folder : "");
        Disk = new StoreDisk(folders);
        _memory = new StoreMemory(options, clock);
        Checks = new ContentChecks(Disk, folders, options.Entries, options.Size);
        _reader = new StoreReader(folders, Disk, _memory, Checks, metrics, logger, clock);
        _writer = new StoreWriter(folders, Disk, _memory, _reader, Checks, clock);
        _tidy = new StoreTidy(options, folders, Disk, _memory, _reader, metrics, logger, clock);
        _scrub = new StoreScrub(options, folders, Disk, _reader, Checks, _tidy, logger, clock);
        _reading = new StoreHealth(StoreWork.Reading, logger);
        _writing = new StoreHealth(StoreWork.Writing, logger);
        _tidying = new StoreHealth(StoreWork.Tidying, logger);
        if (IsOn)
        {
            Start(options, folders);
        }
        else if (options.HasNoFolder)
        {
            logger.HasNoFolder(options.DefaultPath);
        }
    }

    /// <summary>Whether there is a store: STORE_PATH is set. Without one nothing is found and nothing kept.</summary>
    public bool IsOn { get; }

    /// <summary>How much is stored, as of the last count.</summary>
    internal StoreUsage Usage => _tidy.Usage;

    /// <summary>The memory that what is noted about URLs takes, in bytes.</summary>
    internal long HeadBytes => _memory.HeadBytes;

    internal StoreDisk Disk { get; }

    internal ContentChecks Checks { get; }

    /// <summary>Opens what is stored for an URL. It counts as used.</summary>
    /// <returns>Null when nothing is, or when it is damaged: then it is removed. The caller disposes of the file.</returns>
    public ValueTask<StoredFile?> OpenAsync(UrlKey key, CancellationToken cancellationToken)
    {
        if (!IsOn)
        {
            return default;
        }

        if (_memory.Find(key) is not { } file)
        {
            return OpenFromDiskAsync(key, cancellationToken);
        }

        _metrics.Hit();
        return ValueTask.FromResult<StoredFile?>(file);
    }

    /// <summary>Keeps a clean file for an URL. A spool file of the same file system is not copied; nobody may write to it from here on.</summary>
    /// <param name="head">Upstream's head. One that sets a cookie, or is longer than 16 KiB, is not kept.</param>
    /// <param name="body">The file, open until this ends; null when it is empty.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>Whether it was kept.</returns>
    /// <exception cref="ArgumentException">The verdict is not clean, or the length is not the body's.</exception>
    public async ValueTask<bool> KeepAsync(
        UrlKey key, StoredHead head, ContentRecord verdict, SafeFileHandle? body, long length, CancellationToken cancellationToken)
    {
        RequireClean(verdict);
        if (length != (body is null ? 0 : RandomAccess.GetLength(body)))
        {
            throw new ArgumentException("The body has another length.", nameof(length));
        }

        if (!IsOn || !_tidy.HasRoomFor(length))
        {
            return false;
        }

        var entry = new StoredEntry(verdict.Sha256, length, head, _clock.GetUtcNow());
        return await OnDiskAsync(_writing, () => Keep(key, entry, verdict, body, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Notes a newer clean verdict on a stored content; nothing where it is not stored, or where a newer one is known.</summary>
    /// <exception cref="ArgumentException">The verdict is not clean.</exception>
    public async ValueTask ConfirmAsync(ContentRecord verdict, CancellationToken cancellationToken)
    {
        RequireClean(verdict);
        if (IsOn)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await OnDiskAsync(_writing, () =>
            {
                _writer.Confirm(verdict);
                return true;
            }).ConfigureAwait(false);
        }
    }

    /// <summary>Notes that upstream still gives this content for an URL, with a newer head; nothing where another one has been stored for it.</summary>
    /// <param name="head">The head as it is now. One that could not be kept changes nothing.</param>
    /// <param name="confirmedAt">When upstream was asked.</param>
    public async ValueTask RefreshAsync(UrlKey key, string sha256, StoredHead head, DateTimeOffset confirmedAt)
    {
        if (IsOn)
        {
            await OnDiskAsync(_writing, () => _writer.Refresh(key, sha256, head, confirmedAt)).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what is noted about an URL. Its content stays for other URLs; where there are none it is swept some time.</summary>
    public async ValueTask ForgetAsync(UrlKey key)
    {
        if (IsOn)
        {
            await OnDiskAsync(_writing, () => _writer.Forget(key)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Removes a content that turned out infected: no OpenAsync finds it from here on, in no process that shares the folder, and no scan made
    /// until now brings it back. Who has it open reads on.
    /// </summary>
    /// <exception cref="ArgumentException">Not 64 lower-case hexadecimal digits.</exception>
    public async ValueTask DropAsync(string sha256)
    {
        _ = ContentKey.For(sha256);
        if (IsOn)
        {
            await Task.Run(() => Drop(sha256)).ConfigureAwait(false);
        }
    }

    /// <summary>Contents whose verdict is older than the signature database or than a time, each once, the least recently used last.</summary>
    /// <param name="database">The version that the scanner reports now; null when it reports none.</param>
    /// <param name="scannedBefore">A verdict given before is stale, whatever its database.</param>
    public async IAsyncEnumerable<StoredFile> OlderThanAsync(
        int? database, DateTimeOffset scannedBefore, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (sha256, usedAt) in IsOn ? await Task.Run(_tidy.ByUse, cancellationToken).ConfigureAwait(false) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await OpenStaleAsync(sha256, database, scannedBefore, cancellationToken).ConfigureAwait(false) is { } content)
            {
                yield return new StoredFile(content, StoredHead.None, usedAt);
            }
        }
    }

    public void Dispose()
    {
        Checks.Dispose();
        _memory.Clear();
    }

    /// <summary>Counts, bounds and, where asked to be thorough, sweeps the folder.</summary>
    internal Task TidyAsync(bool isThorough) => OnDiskAsync(_tidying, () =>
    {
        _tidy.Run(isThorough);
        return true;
    });

    /// <summary>Reads every stored content once, slowly, and removes damaged ones. Of all processes one does so at a time.</summary>
    internal Task ScrubAsync(CancellationToken cancellationToken) => _scrub.RunAsync(cancellationToken);

    private static void RequireClean(ContentRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        if (verdict.Verdict != Verdict.Clean || RecordRules.Problem(ContentKey.For(verdict.Sha256), verdict) is not null)
        {
            throw new ArgumentException("Only what has a clean verdict is stored.", nameof(verdict));
        }
    }

    private void Start(StoreOptions options, StoreFolders folders)
    {
        _metrics.Observe(() => _tidy.Usage);
        try
        {
            foreach (var folder in folders.All)
            {
                Disk.MakeFolder(folder);
            }

            _logger.IsOn(options.Folder, options.Size);
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            _writing.Failed(e);
        }
    }

    private async ValueTask<StoredFile?> OpenFromDiskAsync(UrlKey key, CancellationToken cancellationToken)
    {
        StoredFile? file = null;
        try
        {
            file = await ReadAsync(key, cancellationToken).ConfigureAwait(false);
            _reading.Worked();
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            _reading.Failed(e);
        }

        if (file is null)
        {
            _memory.Forget(key);
            _metrics.Miss();
            return null;
        }

        _metrics.Hit();
        return file;
    }

    private async ValueTask<StoredFile?> ReadAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var digits = StoreFolders.Digits(key);
        if (_reader.ReadEntry(digits, isUse: true) is not { } entry
            || await _reader.OpenAsync(entry.Sha256, isUse: true, cancellationToken).ConfigureAwait(false) is not { } content)
        {
            return null;
        }

        if (content.Stamp.Length != entry.Length)
        {
            content.LetGo();
            _reader.RemoveEntry(digits);
            return null;
        }

        _memory.Remember(key, entry);
        return new StoredFile(content, entry.Head, entry.StoredAt, entry.ConfirmedAt);
    }

    private bool Keep(UrlKey key, StoredEntry entry, ContentRecord verdict, SafeFileHandle? body, CancellationToken cancellationToken)
    {
        var (isKept, isNew) = _writer.Keep(key, entry, verdict, body, cancellationToken);
        if (isKept)
        {
            _metrics.Kept();
            _tidy.Added(isNew, entry.Length);
        }

        return isKept;
    }

    private void Drop(string sha256)
    {
        try
        {
            _writer.Drop(sha256);
            _metrics.Dropped();
            _logger.Dropped(sha256);
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            _logger.NotDropped(sha256, e);
        }
    }

    private async ValueTask<HeldContent?> OpenStaleAsync(string sha256, int? database, DateTimeOffset scannedBefore, CancellationToken cancellationToken)
    {
        try
        {
            return _reader.ReadVerdict(sha256) is { } verdict && (verdict.IsOlderThan(database) || verdict.ScannedAt < scannedBefore)
                ? await _reader.OpenAsync(sha256, isUse: false, cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            _reading.Failed(e);
            return null;
        }
    }

    /// <summary>Runs what may wait for the disk on another thread.</summary>
    /// <returns>False where the disk failed.</returns>
    private static async Task<bool> OnDiskAsync(StoreHealth health, Func<bool> action)
    {
        try
        {
            var result = await Task.Run(action).ConfigureAwait(false);
            health.Worked();
            return result;
        }
        catch (Exception e) when (StoreHealth.IsOfDisk(e))
        {
            health.Failed(e);
            return false;
        }
    }
}
