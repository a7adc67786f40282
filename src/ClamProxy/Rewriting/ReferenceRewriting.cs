using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>Replaces the relative references of a text, as the format that its clients will most probably take it for.</summary>
/// <param name="links">Where its references lead.</param>
/// <param name="contentTypes">The answer's Content-Type fields.</param>
internal sealed class ReferenceRewriting(RelativeLinks links, IReadOnlyCollection<string> contentTypes)
{
    private static readonly byte[] MarksAndBlanks = [0xEF, 0xBB, 0xBF, .. " \t\r\n\f"u8];

    private IReferenceRewriter? _rewriter;
    private bool _isKnown;

    /// <summary>References replaced so far.</summary>
    public long Replaced => links.Replaced;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (!_isKnown)
        {
            var first = bytes.TrimStart(MarksAndBlanks);
            output.Write(bytes[..^first.Length]);
            bytes = first;
            _isKnown = first.Length > 0;
            _rewriter = _isKnown ? Rewriter(first[0]) : null;
        }

        if (_rewriter is null)
        {
            output.Write(bytes);
        }
        else
        {
            _rewriter.Write(bytes, output);
        }
    }

    public void Finish(IBufferWriter<byte> output) => _rewriter?.Finish(output);

    /// <summary>pip goes by the media type, npm and NuGet do not read it.</summary>
    private IReferenceRewriter? Rewriter(byte first) =>
        contentTypes.Any(TextTypes.IsHtml) || (first == '<' && contentTypes.Count == 0) ? new HtmlReferenceRewriter(links)
        : first is (byte)'{' or (byte)'[' ? new JsonReferenceRewriter(links)
        : null;
}
