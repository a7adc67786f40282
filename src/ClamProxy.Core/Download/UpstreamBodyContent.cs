using System.Buffers;
using System.Net;

namespace ClamProxy.Core.Download;

/// <summary>Sends a body piece by piece, and tells of each piece that went out.</summary>
internal sealed class UpstreamBodyContent : HttpContent
{
    private const int PieceBytes = 64 * 1024;

    private readonly UpstreamBody _body;
    private volatile Action? _moved;

    public UpstreamBodyContent(UpstreamBody body)
    {
        _body = body;
        foreach (var (name, value) in body.Fields)
        {
            Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Called for each piece that the connection took; null: nobody watches.</summary>
    public Action? Moved
    {
        set => _moved = value;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        var content = _body.Open();
        await using var _ = content.ConfigureAwait(false);
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                _moved?.Invoke();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
