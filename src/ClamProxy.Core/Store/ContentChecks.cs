using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>Knows which files were read whole and found right since this process started, and reads the others, each once.</summary>
internal sealed class ContentChecks : IDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly StoreFolders _folders;
    private readonly long _maxLength;
    private readonly LruTable<string, FileStamp> _whole;
    private readonly ConcurrentDictionary<(string Sha256, FileStamp Stamp), Lazy<Task<ContentState>>> _underWay = [];

    /// <summary>Hashing keeps a processor busy: half of them are left to the requests that need none.</summary>
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended;
    private int _readings;

    /// <param name="capacity">How many files are known at once.</param>
    /// <param name="maxLength">What is longer is never right, and not read.</param>
    public ContentChecks(StoreFolders folders, int capacity, long maxLength)
    {
        (_folders, _maxLength) = (folders, maxLength);
        _whole = new(capacity);
        _ended = _end.Token;
    }

    /// <summary>Files read whole because somebody asked for them.</summary>
    internal int Readings => Volatile.Read(ref _readings);

    public bool IsWhole(string sha256, FileStamp stamp) => _whole.TryGet(sha256, out var known) && known == stamp;

    /// <summary>The file was read whole elsewhere, or just written with these bytes.</summary>
    public void Trust(string sha256, FileStamp stamp) => _whole.Set(sha256, stamp);

    public void Forget(string sha256) => _whole.Remove(sha256);

    /// <summary>Reads the file of this stamp; whoever asks meanwhile shares the reading, and who leaves does not end it.</summary>
    public Task<ContentState> CheckAsync(string sha256, FileStamp stamp, CancellationToken cancellationToken)
    {
        var check = _underWay.GetOrAdd((sha256, stamp), _ => new(() => Task.Run(() => RunAsync(sha256, stamp))));
        return check.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Reads a file in the reader's own time.</summary>
    /// <param name="pace">Waited for after each part, with its bytes.</param>
    public async Task<ContentState> ReadAsync(string sha256, FileStamp? stamp, Func<int, Task>? pace, CancellationToken cancellationToken)
    {
        using var file = StoreFiles.Open(_folders.Content(sha256), out var before);
        if (file is null || (stamp is { } expected && before.Stamp != expected))
        {
            return ContentState.Gone;
        }

        var isRight = before.Stamp.Length <= _maxLength && await HashAsync(file, pace, cancellationToken).ConfigureAwait(false) == sha256;
        if (!NativeFile.TryLook(file, out var after) || after.Stamp != before.Stamp)
        {
            return ContentState.Gone;
        }

        if (isRight)
        {
            Trust(sha256, before.Stamp);
        }

        return isRight ? ContentState.Whole : ContentState.Damaged;
    }

    public void Dispose()
    {
        if (!_ended.IsCancellationRequested)
        {
            _end.Cancel();
            _end.Dispose();
        }
    }

    /// <returns>Null where the disk does not give the bytes.</returns>
    private static async Task<string?> HashAsync(SafeFileHandle file, Func<int, Task>? pace, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long offset = 0; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, buffer.AsSpan(0, BufferBytes), offset);
                if (read == 0)
                {
                    return Convert.ToHexStringLower(hash.GetHashAndReset());
                }

                hash.AppendData(buffer, 0, read);
                offset += read;
                await (pace?.Invoke(read) ?? Task.CompletedTask).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<ContentState> RunAsync(string sha256, FileStamp stamp)
    {
        await _turns.WaitAsync(_ended).ConfigureAwait(false);
        try
        {
            Interlocked.Increment(ref _readings);
            return await ReadAsync(sha256, stamp, null, _ended).ConfigureAwait(false);
        }
        finally
        {
            _underWay.TryRemove((sha256, stamp), out _);
            _turns.Release();
        }
    }
}
