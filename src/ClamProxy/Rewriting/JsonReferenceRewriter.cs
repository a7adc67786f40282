using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClamProxy.Rewriting;

/// <summary>
/// Replaces relative references in JSON where an index has its files (<see cref="LinkPlace.File"/>); it holds back one at most. Behind what
/// is no JSON nothing is replaced.
/// </summary>
internal sealed class JsonReferenceRewriter(RelativeLinks links) : IReferenceRewriter
{
    /// <summary>A longer one passes through unchanged; escaped, a character may have six bytes.</summary>
    private const int MostOfReference = 8 << 10;

    private readonly JsonWalk _walk = new();
    private readonly byte[] _held = new byte[MostOfReference];
    private int _length;
    private bool _isHeld;

    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var passed = 0;
        for (var at = 0; at < bytes.Length;)
        {
            if (_walk.IsBroken)
            {
                Release(output);
                output.Write(bytes[passed..]);
                return;
            }

            var taken = _walk.Take(bytes[at..]);
            var piece = bytes.Slice(at, taken);
            at += taken;
            if (_isHeld)
            {
                Hold(piece, output);
                passed = at;
            }
            else if (_walk.IsInValue && piece is [(byte)'"'] && _walk.Place.Place() == LinkPlace.File)
            {
                output.Write(bytes[passed..at]);
                (_isHeld, passed) = (true, at);
            }
        }

        output.Write(bytes[passed..]);
    }

    public void Finish(IBufferWriter<byte> output) => Release(output);

    /// <summary>Holds a piece of a reference back, or all that is behind its first quote where it ends.</summary>
    private void Hold(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        if (_length + piece.Length > MostOfReference)
        {
            Release(output);
            output.Write(piece);
            return;
        }

        piece.CopyTo(_held.AsSpan(_length));
        _length += piece.Length;
        if (_walk.Step == JsonStep.EndOfValue)
        {
            if (links.Of(_walk.String.Text.ToString()) is { } url)
            {
                output.Write(JsonEncodedText.Encode(url, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
                _held[0] = (byte)'"';
                _length = 1;
            }

            Release(output);
        }
    }

    private void Release(IBufferWriter<byte> output)
    {
        output.Write(_held.AsSpan(0, _length));
        (_length, _isHeld) = (0, false);
    }
}
