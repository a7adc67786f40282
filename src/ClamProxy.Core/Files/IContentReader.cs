using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Files;

/// <summary>A whole body that may be read in any part and order. Disposing of it lets the body go.</summary>
public interface IContentReader : IDisposable
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>
    /// The open file that is this body and nothing else, for a sender that leaves reading it to the kernel; null: there is none. Never
    /// close it.
    /// </summary>
    SafeFileHandle? File { get; }

    /// <summary>Reads up to <paramref name="into"/>'s length from <paramref name="offset"/>; 0 at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken);
}
