using System.Security.Cryptography;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Gate;

/// <summary>
/// A body that has an earlier clean verdict, passed on while it is hashed. Its last bytes wait until the hash equals the verdict's;
/// if it does not, they are never sent.
/// </summary>
/// <param name="response">Upstream's answer, its body unread; disposed of with this.</param>
/// <param name="record">What the verdict was given for.</param>
/// <param name="holdBackBytes">How many bytes wait.</param>
/// <param name="changed">Called when it is another content.</param>
/// <param name="ended">Called once, in the end.</param>
public sealed class HeldBackBody(UpstreamResponse response, UrlRecord record, long holdBackBytes, Func<ValueTask> changed, Action ended) : IAsyncDisposable
{
    private bool _isEnded;

    /// <summary>Bytes in all, as the verdict says; what upstream sends has to agree.</summary>
    public long Length => record.Size;

    /// <summary>SHA-256 of all bytes, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 => record.Sha256;

    /// <summary>Passes the body on.</summary>
    /// <returns>
    /// Null when all of it was sent and is what the verdict was given for. Otherwise the client must see a broken transfer:
    /// <see cref="FailureReason.ContentChanged"/> when it is another content, whose old verdict is dropped, or the download's failure.
    /// </returns>
    public async Task<Failure?> CopyToAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var held = new HeldBackBytes((int)Math.Min(holdBackBytes, Math.Max(record.Size, 1)));
        long received = 0;

        var failure = await response.CopyToAsync(
            async (bytes, token) =>
            {
                received += bytes.Length;
                if (received > record.Size)
                {
                    return Changed();
                }

                hash.AppendData(bytes.Span);
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
        }
        else if (failure.Reason == FailureReason.ContentChanged)
        {
            await changed().ConfigureAwait(false);
        }

        return failure;
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isEnded, true))
        {
            return ValueTask.CompletedTask;
        }

        ended();
        return response.DisposeAsync();
    }

    private static Failure Changed() =>
        new(FailureReason.ContentChanged, "Upstream's content is not the one that was scanned before; ask again and it will be scanned.");

    private bool Matches(long received, IncrementalHash hash) =>
        received == record.Size && Convert.ToHexStringLower(hash.GetHashAndReset()) == record.Sha256;
}
