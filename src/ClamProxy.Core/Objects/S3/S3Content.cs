using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// One version of an object whose bytes were all hashed before: read from the store, a window at a time, in the order in which the client
/// takes it.
/// </summary>
internal sealed class S3Content(S3Bucket bucket, string key, S3Version version, string sha256) : ISharedContent
{
    /// <summary>
    /// What one request asks for: a client that leaves, or wants a few bytes, makes the store send this much for nothing at most.
    /// </summary>
    private const long Window = 4 << 20;

    public long Length => version.Length;

    public Task<string> Sha256 { get; } = Task.FromResult(sha256);

    public IContentReader OpenReader(string? client = null) => new Reader(this);

    public void Dispose()
    {
        // Nothing is open but what readers have.
    }

    private S3Body Open(long from) => bucket.Open(key, version, from, Math.Min(version.Length, from + Window));

    private sealed class Reader(S3Content content) : IContentReader
    {
        private S3Body? _body;

        public long Length => content.Length;

        public SafeFileHandle? File => null;

        /// <exception cref="S3Exception">The store does not answer, or has another version now.</exception>
        public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            if (offset >= Length || into.Length == 0)
            {
                return 0;
            }

            for (var isNew = false; ; isNew = true)
            {
                if (_body?.At != offset || isNew)
                {
                    Dispose();
                    _body = content.Open(offset);
                }

                // 0: the window ended.
                var read = await _body.ReadAsync(into, cancellationToken).ConfigureAwait(false);
                if (read > 0 || isNew)
                {
                    return read;
                }
            }
        }

        public void Dispose()
        {
            _body?.Dispose();
            _body = null;
        }
    }
}
