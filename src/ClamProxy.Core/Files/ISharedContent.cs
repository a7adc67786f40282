namespace ClamProxy.Core.Files;

/// <summary>A whole body that several readers may have at once; it stays until its owner and every reader have let go.</summary>
public interface ISharedContent : IDisposable
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>
    /// SHA-256 of all bytes, 64 lower-case hexadecimal digits; it may take its time on the thread of whoever asks first. It is there as
    /// long as a reader is open.
    /// </summary>
    Task<string> Sha256 { get; }

    /// <summary>A reader of its own.</summary>
    /// <param name="client">In whose share the content's room counts while it reads; null: in that of those who read it besides.</param>
    /// <exception cref="ObjectDisposedException">The owner has let go already.</exception>
    IContentReader OpenReader(string? client = null);
}
