using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Spool;

/// <summary>
/// Hashes on the thread of whoever asks first, which best happens while the scanner is at work: a short body's hash takes less than waking
/// another thread.
/// </summary>
internal sealed class OnDemandHash : ISpoolHash
{
    private readonly Lazy<Task<string>> _sha256;
    private long _length;

    public OnDemandHash(SafeFileHandle file) => _sha256 = new(() => Hash(file, _length));

    public Task<string> Sha256 => _sha256.Value;

    public void Written(long length) => _length = length;

    public void Complete()
    {
    }

    private static Task<string> Hash(SafeFileHandle file, long length)
    {
        try
        {
            using var hash = new FileHash(file);
            hash.AppendUpTo(length);
            return Task.FromResult(hash.Finish());
        }
        catch (ObjectDisposedException)
        {
            return Task.FromCanceled<string>(new CancellationToken(canceled: true));
        }
        catch (IOException e)
        {
            return Task.FromException<string>(e);
        }
    }
}
