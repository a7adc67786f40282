using ClamProxy.Core.Files;
using ClamProxy.Core.Verdicts;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>
/// One reader's hold on one stored file, which stays readable until it is disposed of, even when it leaves the store meanwhile.
/// </summary>
public sealed class StoredFile : IContentReader, ISharedContent
{
    private readonly HeldContent _content;
    private int _isOpen = 1;

    /// <param name="content">Held for this file.</param>
    internal StoredFile(HeldContent content, StoredHead head, DateTimeOffset storedAt, DateTimeOffset? confirmedAt = null)
    {
        _content = content;
        Verdict = content.Verdict;
        Head = head;
        StoredAt = storedAt;
        ConfirmedAt = confirmedAt ?? storedAt;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Sha256 => _content.Sha256;

    Task<string> ISharedContent.Sha256 => Task.FromResult(Sha256);

    public long Length => _content.Stamp.Length;

    /// <summary>Upstream's head for the URL it was opened by; an empty one where it was not opened by an URL.</summary>
    public StoredHead Head { get; }

    /// <summary>The clean verdict that stood when it was opened. Whether it is still new enough is for the caller to judge.</summary>
    public ContentRecord Verdict { get; }

    /// <summary>When the URL's answer was stored; when the content was last asked for where it was not opened by an URL.</summary>
    public DateTimeOffset StoredAt { get; }

    /// <summary>When upstream last said that this is its answer: when it was stored, or when it was asked again and had no other.</summary>
    public DateTimeOffset ConfirmedAt { get; }

    /// <summary>
    /// The path below the store's folder <c>v1/contents</c>, such as <c>ab/abcdef…</c>, for a server that sends the file itself.
    /// </summary>
    public string Location => _content.Location;

    /// <summary>The open file; never close it.</summary>
    SafeFileHandle? IContentReader.File => File;

    public SafeFileHandle File => _content.File;

    /// <exception cref="ObjectDisposedException">It was let go of.</exception>
    /// <exception cref="IOException">The disk is broken.</exception>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isOpen) == 0, this);
        return CachedRead.ReadAsync(_content.File, offset, into, cancellationToken);
    }

    /// <inheritdoc/>
    public IContentReader OpenReader(string? client = null) => Hold();

    /// <summary>Another hold on the same file, to be disposed of by itself.</summary>
    internal StoredFile Hold()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isOpen) == 0 || !_content.TryHold(), this);
        return new StoredFile(_content, Head, StoredAt, ConfirmedAt);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOpen, 0) == 1)
        {
            _content.LetGo();
        }
    }
}
