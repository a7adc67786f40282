using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>Replaces the relative references of one text while it passes through, where <see cref="RelativeLinks"/> says so.</summary>
internal interface IReferenceRewriter
{
    void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output);

    /// <summary>Writes what was held back: the text is over.</summary>
    void Finish(IBufferWriter<byte> output);
}
