namespace ClamProxy.Core.Files;

/// <summary>A whole body, of which any part may be read in any order until it is disposed of.</summary>
public interface IContentReader : IDisposable
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>Reads up to <paramref name="into"/>'s length from <paramref name="offset"/>; 0 at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken);
}
