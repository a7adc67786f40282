using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>
/// Hashes a spool file close behind its writer, on another thread: SHA-256 takes up to 4 ms a MiB where the processor has no instruction
/// for it, which is time that the download and the scan need not wait.
/// </summary>
internal sealed class SpoolHash
{
    private const int BufferBytes = 128 << 10;

    /// <summary>How much has been written: only the newest length matters.</summary>
    private readonly Channel<long> _written = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    public SpoolHash(SafeFileHandle file)
    {
        Sha256 = Task.Run(() => RunAsync(file));
    }

    /// <summary>64 lower-case hexadecimal digits, once all is written and read again; cancelled where the file was closed before.</summary>
    public Task<string> Sha256 { get; }

    public void Written(long length) => _written.Writer.TryWrite(length);

    public void Complete() => _written.Writer.TryComplete();

    private async Task<string> RunAsync(SafeFileHandle file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long hashed = 0;
            await foreach (var length in _written.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                while (hashed < length)
                {
                    var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - hashed)), hashed);
                    hash.AppendData(buffer, 0, read > 0 ? read : throw new IOException("a spool file is shorter than what was written to it"));
                    hashed += read;
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (ObjectDisposedException e)
        {
            throw new OperationCanceledException("the spool file was closed before it was hashed", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
