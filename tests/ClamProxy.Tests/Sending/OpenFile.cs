using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Tests.Sending;

/// <summary>A file on disk, read as a body is.</summary>
internal sealed class OpenFile(string path, long length) : IContentReader
{
    private readonly SafeFileHandle _file = System.IO.File.OpenHandle(path);

    public long Length => length;

    public SafeFileHandle? File => _file;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(_file, into, offset, cancellationToken);

    public void Dispose() => _file.Dispose();
}
