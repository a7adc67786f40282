using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>
/// Hashes a spool's file close behind its writer, on another thread: SHA-256 takes up to 4 ms a MiB where the processor has no instruction
/// for it, which is time that the download and the scan need not wait.
/// </summary>
internal sealed class TrailingHash : ISpoolHash
{
    /// <summary>How much has been written: only the newest length matters.</summary>
    private readonly Channel<long> _written = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    public TrailingHash(SafeFileHandle file)
    {
        Sha256 = Task.Run(() => RunAsync(file));
    }

    public Task<string> Sha256 { get; }

    public void Written(long length) => _written.Writer.TryWrite(length);

    public void Complete() => _written.Writer.TryComplete();

    private async Task<string> RunAsync(SafeFileHandle file)
    {
        using var hash = new FileHash(file);
        try
        {
            await foreach (var length in _written.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                hash.AppendUpTo(length);
            }

            return hash.Finish();
        }
        catch (ObjectDisposedException e)
        {
            throw new OperationCanceledException("the spool file was closed before it was hashed", e);
        }
    }
}
