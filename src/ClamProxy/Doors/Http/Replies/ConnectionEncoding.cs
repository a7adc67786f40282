using System.Text;
using ClamProxy.Doors.Http.Requests;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Reads Connection values for Kestrel, which forgets all that such a field names once it has found one of close, keep-alive and upgrade in
/// it, and no second one of these: then the named fields would go upstream (RFC 9110 §7.6.1). A value that names others gets both close and
/// keep-alive added. It stays as it is then, and close is the one that counts.
/// </summary>
internal sealed class ConnectionEncoding : Encoding
{
    private const string BothOptions = ", close, keep-alive";

    public override int GetCharCount(byte[] bytes, int index, int count) => Text(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var text = Text(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(chars.AsSpan(charIndex));
        return text.Length;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount + BothOptions.Length;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Latin1.GetString(bytes);
        return HopByHop.NamedBy(text).All(field => HopByHop.EndsHere(field, []) || HopByHop.IsOption(field)) ? text : text + BothOptions;
    }
}
