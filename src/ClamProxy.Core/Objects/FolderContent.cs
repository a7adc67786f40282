using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Objects;

/// <summary>One open file of a folder, read in place: it stays readable when it is moved or deleted meanwhile.</summary>
internal sealed class FolderContent : ISharedContent
{
    private readonly SafeFileHandle _file;
    private readonly OnDemandHash _hash;
    private int _holders = 1;
    private int _ownerLeft;

    /// <param name="file">Its to close.</param>
    public FolderContent(SafeFileHandle file)
    {
        _file = file;
        Length = RandomAccess.GetLength(file);
        _hash = new OnDemandHash(file);
        _hash.Written(Length);
    }

    public long Length { get; }

    public Task<string> Sha256 => _hash.Sha256;

    public IContentReader OpenReader(string? client = null)
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            ObjectDisposedException.ThrowIf(holders == 0, this);
        }
        while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);

        return new Reader(this);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ownerLeft, 1) == 0)
        {
            LetGo();
        }
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _file.Dispose();
        }
    }

    private sealed class Reader(FolderContent content) : IContentReader
    {
        private FolderContent? _content = content;

        public long Length { get; } = content.Length;

        public SafeFileHandle? File => Open._file;

        private FolderContent Open => _content ?? throw new ObjectDisposedException(nameof(FolderContent));

        public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
            CachedRead.ReadAsync(Open._file, offset, into, cancellationToken);

        public void Dispose() => Interlocked.Exchange(ref _content, null)?.LetGo();
    }
}
