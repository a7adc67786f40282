using ClamProxy.Core.Files;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>
/// The body of an encapsulated message. Where it begins with a preview, reading on behind that asks the client for the rest, once
/// (RFC 3507 §4.5).
/// </summary>
/// <param name="chunks">Where it comes from.</param>
/// <param name="preview">The most bytes of its preview; null: it has none.</param>
/// <param name="askForRest">Sends 100 Continue.</param>
/// <param name="stall">What has a client go on that stops where squid does; null: nothing.</param>
internal sealed class IcapBody(ChunkedReader chunks, int? preview, Func<ValueTask> askForRest, SquidStall? stall) : AsyncReadStream
{
    private long _read;
    private long _previewed;
    private volatile bool _hasAsked;

    /// <summary>Whether the client may be sending more of it: it was neither read to its end nor waits for 100 Continue.</summary>
    public bool MayGoOn => !chunks.IsAtEnd;

    /// <summary>
    /// Whether the client sends no more than the preview until it is asked. No longer so once 100 Continue was sent; any thread may ask.
    /// </summary>
    public bool IsInPreview => preview is not null && !_hasAsked;

    /// <summary>Whether an answer now is one to the preview: 204 is allowed then, whatever the client says otherwise.</summary>
    public bool IsPreviewed => IsInPreview && chunks.IsAtEnd;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await ReadOnAsync(buffer, cancellationToken);
        if (!IsInPreview)
        {
            return read;
        }

        _previewed += read;
        if (_previewed > preview)
        {
            throw new InvalidDataException("The preview is longer than it says.");
        }

        if (read > 0 || chunks.IsWhole)
        {
            return read;
        }

        await askForRest();
        _hasAsked = true;
        chunks.Continue();
        return await ReadOnAsync(buffer, cancellationToken);
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var next = chunks.ReadAsync(buffer, cancellationToken);
        var read = stall is null || next.IsCompleted ? await next : await stall.WatchAsync(next.AsTask(), _read);
        _read += read;
        return read;
    }

    /// <summary>Reads on and keeps nothing: to the preview's end where the client waits there, else to the body's.</summary>
    public async Task PassAsync(CancellationToken cancelled)
    {
        var buffer = new byte[16 * 1024];
        while (await chunks.ReadAsync(buffer, cancelled) is var read and > 0)
        {
            _previewed += read;
            if (IsInPreview && _previewed > preview)
            {
                throw new InvalidDataException("The preview is longer than it says.");
            }
        }
    }
}
