using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>Keeps one body alive for one reader, who reads any part of it in any order.</summary>
public sealed class SpoolReader : IContentReader
{
    private readonly string? _client;
    private SpoolFile? _file;

    internal SpoolReader(SpoolFile file, string? client)
    {
        _client = client;
        _file = file;
        Length = file.Length;
    }

    /// <inheritdoc cref="SpoolFile.Length"/>
    public long Length { get; }

    /// <inheritdoc/>
    public SafeFileHandle? File => (_file ?? throw new ObjectDisposedException(nameof(SpoolReader))).File;

    /// <summary>Reads up to <paramref name="into"/>'s length from <paramref name="offset"/>; 0 at the end.</summary>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) =>
        (_file ?? throw new ObjectDisposedException(nameof(SpoolReader))).ReadAsync(offset, into, cancellationToken);

    public void Dispose() => Interlocked.Exchange(ref _file, null)?.LetGo(_client);
}
