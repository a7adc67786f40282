using System.Security.Cryptography;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>
/// A body that has an earlier clean verdict, passed on while it is hashed. Its last bytes wait until the hash equals the verdict's;
/// if it does not, they are never sent.
/// </summary>
public sealed class HeldBackBody : IAsyncDisposable
{
    private readonly UpstreamResponse _response;
    private readonly UrlRecord _record;
    private readonly long _holdBackBytes;
    private readonly StoreCopy? _copy;
    private readonly Func<ValueTask> _changed;
    private readonly Action _ended;
    private bool _isEnded;

    /// <param name="response">Upstream's answer, its body unread; disposed of with this.</param>
    /// <param name="record">What the verdict was given for.</param>
    /// <param name="holdBackBytes">How many bytes wait.</param>
    /// <param name="copy">Where else the bytes go; null: nowhere. Disposed of with this.</param>
    /// <param name="changed">Called when it is another content.</param>
    /// <param name="ended">Called once, in the end.</param>
    internal HeldBackBody(UpstreamResponse response, UrlRecord record, long holdBackBytes, StoreCopy? copy, Func<ValueTask> changed, Action ended)
    {
        _response = response;
        _record = record;
        _holdBackBytes = holdBackBytes;
        _copy = copy;
        _changed = changed;
        _ended = ended;
    }

    /// <summary>Bytes in all, as the verdict says; what upstream sends has to agree.</summary>
    public long Length => _record.Size;

    /// <summary>SHA-256 of all bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 => _record.Sha256;

    /// <summary>Passes the body on.</summary>
    /// <returns>
    /// Null when all of it was sent and is what the verdict was given for. Otherwise the client must see a broken transfer:
    /// <see cref="FailureReason.ContentChanged"/> when it is another content, whose old verdict is dropped, or the download's failure.
    /// </returns>
    public async Task<Failure?> CopyToAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var held = new HeldBackBytes((int)Math.Min(_holdBackBytes, Math.Max(_record.Size, 1)));
        long received = 0;

        var failure = await _response.CopyToAsync(
            async (bytes, token) =>
            {
                received += bytes.Length;
                if (received > _record.Size)
                {
                    return Changed();
                }

                hash.AppendData(bytes.Span);
                if (_copy is not null)
                {
                    await _copy.WriteAsync(bytes, token).ConfigureAwait(false);
                }

                await held.PushAsync(bytes, send, token).ConfigureAwait(false);
                return null;
            },
            cancellationToken).ConfigureAwait(false);

        if (failure is null && !Matches(received, hash))
        {
            failure = Changed();
        }

        if (failure is null)
        {
            await send(held.Rest, cancellationToken).ConfigureAwait(false);
            if (_copy is not null)
            {
                await _copy.KeepAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        else if (failure.Reason == FailureReason.ContentChanged)
        {
            await _changed().ConfigureAwait(false);
        }

        return failure;
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isEnded, true))
        {
            return ValueTask.CompletedTask;
        }

        _ended();
        _copy?.Dispose();
        return _response.DisposeAsync();
    }

    private static Failure Changed() =>
        new(FailureReason.ContentChanged, "Upstream's content is not the one that was scanned before; ask again and it will be scanned.");

    private bool Matches(long received, IncrementalHash hash) =>
        received == _record.Size && Convert.ToHexStringLower(hash.GetHashAndReset()) == _record.Sha256;
}
