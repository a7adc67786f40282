using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>Passes a text on with its links rewritten: relative references first, then what begins with a rule's prefix.</summary>
/// <param name="links">How they are rewritten.</param>
/// <param name="send">Takes the new text, piece by piece.</param>
/// <param name="isText">The text is called one: it must not begin as one in which links cannot be found.</param>
/// <param name="references">Replaces relative references; null: they stay unchanged.</param>
internal sealed class RewrittenCopy(
    LinkRewriting links,
    Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send,
    bool isText = true,
    ReferenceRewriting? references = null)
{
    private readonly LinkReplacer _replacer = new(links, isText);
    private readonly ArrayBufferWriter<byte> _resolved = new();
    private readonly ArrayBufferWriter<byte> _output = new(LinkReplacer.MostBytes);

    /// <summary>Links rewritten so far.</summary>
    public long Links => _replacer.Replaced + (references?.Replaced ?? 0);

    /// <exception cref="UnrewritableTextException">The text is in a code in which links cannot be found.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (var left = bytes; left.Length > 0;)
        {
            var piece = left[..Math.Min(left.Length, LinkReplacer.MostBytes)];
            left = left[piece.Length..];
            if (references is null)
            {
                await ReplaceAsync(piece, cancellationToken);
                continue;
            }

            references.Write(piece.Span, _resolved);
            await ReplaceResolvedAsync(cancellationToken);
        }
    }

    /// <summary>Sends the end of the text.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        references?.Finish(_resolved);
        await ReplaceResolvedAsync(cancellationToken);
        _replacer.Finish(_output);
        await FlushAsync(cancellationToken);
    }

    private async ValueTask ReplaceResolvedAsync(CancellationToken cancellationToken)
    {
        for (var left = _resolved.WrittenMemory; left.Length > 0;)
        {
            var piece = left[..Math.Min(left.Length, LinkReplacer.MostBytes)];
            left = left[piece.Length..];
            await ReplaceAsync(piece, cancellationToken);
        }

        _resolved.ResetWrittenCount();
    }

    private ValueTask ReplaceAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        _replacer.Write(piece.Span, _output);
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
