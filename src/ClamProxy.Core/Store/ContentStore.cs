using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>
/// Clean files in a folder, by their hash: what was downloaded and scanned once is answered from here. Several processes may share the
/// folder. A disk that is full or broken makes it answer "not there" and keep nothing; it never breaks a request.
/// </summary>
public sealed class ContentStore : IDisposable
{
    private readonly StoreMemory _memory;
    private readonly UrlFiles _urls;
    private readonly StaleContents _stale;
    private readonly StoreWriter _writer;
    private readonly StoreCleanup _tidy;
    private readonly StoreScrub _scrub;
    private readonly StoreHealth _writing;
    private readonly StoreHealth _tidying;
    private readonly StoreMetrics _metrics;
    private readonly StoreFolders _folders;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;

    public ContentStore(StoreOptions options, StoreMetrics metrics, ILogger<ContentStore> logger, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        IsOn = options.IsOn;
        (_metrics, _logger, _clock) = (metrics, logger, clock);
        Folder = IsOn ? options.Folder : "";
        var folders = _folders = new StoreFolders(Folder);
        Disk = new StoreDisk(folders);
        _memory = new StoreMemory(options, clock);
        Checks = new ContentChecks(folders, options.Entries, options.Size);
        var reader = new StoreReader(folders, Disk, _memory, Checks, metrics, logger, clock);
        var reading = new StoreHealth(StoreWork.Reading, logger);
        _urls = new UrlFiles(_memory, reader, reading, metrics);
        _writer = new StoreWriter(folders, Disk, _memory, reader, Checks, clock);
        _tidy = new StoreCleanup(options, Disk, _memory, reader, metrics, logger, clock);
        _scrub = new StoreScrub(options, Disk, reader, Checks, _tidy, logger, clock);
        _stale = new StaleContents(_tidy, reader, reading);
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

    /// <summary>The store's folder; empty without one.</summary>
    public string Folder { get; }

    /// <summary>Why nothing can be kept at the moment, in words; null: it can, or there is no store.</summary>
    public string? Problem =>
        !IsOn ? null
        : _writing.Problem is { } said ? $"writing to {Folder} fails: {said}"
        : Disk.Room() is { IsFull: true } ? $"the disk of {Folder} is full"
        : null;

    /// <summary>Whether there is a store: STORE_PATH is set. Without one nothing is found and nothing kept.</summary>
    public bool IsOn { get; }

    /// <summary>How much is stored, as of the last count.</summary>
    public StoreUsage Usage => _tidy.Usage;

    /// <summary>The memory that what is noted about URLs takes, in bytes.</summary>
    internal long HeadBytes => _memory.HeadBytes;

    internal StoreDisk Disk { get; }

    internal ContentChecks Checks { get; }

    /// <summary>Opens what is stored for an URL. It counts as used.</summary>
    /// <returns>Null when nothing is, or when it is damaged: then it is removed. The caller disposes of the file.</returns>
    public ValueTask<StoredFile?> OpenAsync(UrlKey key, CancellationToken cancellationToken) =>
        IsOn ? _urls.OpenAsync(key, cancellationToken) : default;

    /// <summary>The length of a stored content in bytes; null: it is not stored.</summary>
    /// <exception cref="ArgumentException">Not 64 lower-case hexadecimal digits.</exception>
    public async ValueTask<long?> FindLengthAsync(string sha256)
    {
        var path = _folders.Content(ContentKey.For(sha256).Sha256);
        return IsOn
            ? await Task.Run<long?>(() => new FileInfo(path) is { Exists: true } file ? file.Length : null).ConfigureAwait(false)
            : null;
    }

    /// <summary>
    /// Keeps a clean file for an URL. A spool file of the same file system is not copied; nobody may write to it from here on.
    /// </summary>
    /// <param name="head">Upstream's head. One that sets a cookie is not kept.</param>
    /// <param name="body">The file, open until this ends; null when it is empty.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>Whether it was kept.</returns>
    /// <exception cref="ArgumentException">The verdict is not clean, or the length is not the body's.</exception>
    public ValueTask<bool> KeepAsync(
        UrlKey key, StoredHead head, ContentRecord verdict, SafeFileHandle? body, long length, CancellationToken cancellationToken) =>
        KeepAsync(key, head, verdict, body, length, null, cancellationToken);

    /// <param name="askedAt">When upstream was asked for it; null: now.</param>
    /// <inheritdoc cref="KeepAsync(UrlKey, StoredHead, ContentRecord, SafeFileHandle?, long, CancellationToken)"/>
    public async ValueTask<bool> KeepAsync(
        UrlKey key,
        StoredHead head,
        ContentRecord verdict,
        SafeFileHandle? body,
        long length,
        DateTimeOffset? askedAt,
        CancellationToken cancellationToken)
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

        var entry = new StoredEntry(verdict.Sha256, length, head, _clock.GetUtcNow()) { ConfirmedAt = askedAt };
        return await _writing.RunAsync(() => Keep(key, entry, verdict, body, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Notes a newer clean verdict on a stored content; nothing where it is not stored, or where a newer one is known.</summary>
    /// <exception cref="ArgumentException">The verdict is not clean.</exception>
    public async ValueTask ConfirmAsync(ContentRecord verdict, CancellationToken cancellationToken)
    {
        RequireClean(verdict);
        if (IsOn)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _writing.RunAsync(() =>
            {
                _writer.Confirm(verdict);
                return true;
            }).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Notes that upstream still gives this content for an URL, with a newer head; nothing where another one has been stored for it.
    /// </summary>
    /// <param name="head">The head as it is now. One that could not be kept changes nothing.</param>
    /// <param name="confirmedAt">When upstream was asked.</param>
    public async ValueTask RefreshAsync(UrlKey key, string sha256, StoredHead head, DateTimeOffset confirmedAt)
    {
        if (IsOn)
        {
            await _writing.RunAsync(() => _writer.Refresh(key, sha256, head, confirmedAt)).ConfigureAwait(false);
        }
    }

    /// <summary>Removes what is noted about an URL. Its content stays for other URLs; where there are none it is swept some time.</summary>
    public async ValueTask ForgetAsync(UrlKey key)
    {
        if (IsOn)
        {
            await _writing.RunAsync(() => _writer.Forget(key)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Removes a content that turned out infected: no OpenAsync finds it from here on, in no process that shares the folder, and no scan
    /// made until now brings it back. Who has it open reads on.
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

    /// <summary>
    /// Contents whose verdict is older than the signature database or than a time, each once, the least recently used last.
    /// </summary>
    /// <param name="database">The version that the scanner reports now; null when it reports none.</param>
    /// <param name="scannedBefore">A verdict given before is stale, whatever its database.</param>
    public IAsyncEnumerable<StoredFile> OlderThanAsync(int? database, DateTimeOffset scannedBefore, CancellationToken cancellationToken) =>
        IsOn ? _stale.FindAsync(database, scannedBefore, cancellationToken) : AsyncEnumerable.Empty<StoredFile>();

    public void Dispose()
    {
        Checks.Dispose();
        _memory.Clear();
    }

    /// <summary>Counts, bounds and, where asked to be thorough, sweeps the folder.</summary>
    internal Task TidyAsync(bool isThorough) => _tidying.RunAsync(() =>
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
}
