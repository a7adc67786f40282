using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>Passes a text on with its links rewritten.</summary>
/// <param name="links">How they are rewritten.</param>
/// <param name="send">Takes the new text, piece by piece.</param>
/// <param name="isText">The text is called one: it must not begin as one in which links cannot be found.</param>
internal sealed class RewrittenCopy(LinkRewriting links, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, bool isText = true)
{
    private readonly LinkReplacer _replacer = new(links, isText);
    private readonly ArrayBufferWriter<byte> _output = new(LinkReplacer.MostBytes);

    /// <summary>Links rewritten so far.</summary>
    public long Links => _replacer.Replaced;

    /// <exception cref="UnrewritableTextException">The text is in a code in which links cannot be found.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (var left = bytes; left.Length > 0;)
        {
            var piece = left[..Math.Min(left.Length, LinkReplacer.MostBytes)];
            _replacer.Write(piece.Span, _output);
            await FlushAsync(cancellationToken);
            left = left[piece.Length..];
        }
    }

    /// <summary>Sends the end of the text.</summary>
    public ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        _replacer.Finish(_output);
        return FlushAsync(cancellationToken);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_output.WrittenCount > 0)
        {
            await send(_output.WrittenMemory, cancellationToken);
            _output.ResetWrittenCount();
        }
    }
}
