using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Verdicts;

/// <summary>The key of one target's record: a hash, in which neither the target nor a credential can be read.</summary>
public readonly record struct UrlKey
{
    private const string Prefix = "clamproxy:v1:url:";
    private const int UsualBytes = 256;

    // Strict: two malformed texts must not become one key by way of the replacement character.
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x100).Select(code => (char)code).Where(char.IsControl)]);

    private readonly string? _text;

    private UrlKey(string text) => _text = text;

    /// <summary>The key as the stores hold it: <c>clamproxy:v1:url:</c> and 64 hexadecimal digits.</summary>
    public string Text => _text ?? throw new InvalidOperationException("This key was never made: use UrlKey.For.");

    /// <summary>The key of a target and of the request headers that select its representation.</summary>
    /// <param name="target">The absolute upstream URL, byte for byte as it is asked for.</param>
    /// <param name="selectors">Header names and values (Accept, Authorization, …), in any order, names in any case.</param>
    /// <remarks>
    /// Without selectors the digits are the plain SHA-256 of the target, so that an operator finds a record with
    /// <c>printf %s "$url" | sha256sum</c>. Each selector adds a zero byte and its length-prefixed name and value; as no
    /// target holds a zero byte, no two different inputs hash the same bytes.
    /// </remarks>
    /// <exception cref="ArgumentException">The target holds a control character, or text is not valid UTF-16.</exception>
    public static UrlKey For(string target, IEnumerable<KeyValuePair<string, string>> selectors)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        if (target.AsSpan().ContainsAny(Controls))
        {
            throw new ArgumentException("A target holds no control characters.", nameof(target));
        }

        var bytes = new ArrayBufferWriter<byte>(UsualBytes);
        StrictUtf8.GetBytes(target, bytes);
        foreach (var (name, value) in Ordered(selectors))
        {
            bytes.Write<byte>([0]);
            Append(bytes, name);
            Append(bytes, value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, hash);
        Span<char> digits = stackalloc char[2 * SHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(hash, digits, out _);
        return new UrlKey(string.Concat(Prefix, digits));
    }

    public override string ToString() => Text;

    private static List<(string Name, string Value)> Ordered(IEnumerable<KeyValuePair<string, string>> selectors)
    {
        var ordered = new List<(string Name, string Value)>();
        foreach (var (name, value) in selectors)
        {
            ordered.Add((name.ToLowerInvariant(), value));
        }

        ordered.Sort(
            static (one, other) =>
                string.CompareOrdinal(one.Name, other.Name) is not 0 and var byName
                    ? byName
                    : string.CompareOrdinal(one.Value, other.Value));
        return ordered;
    }

    private static void Append(ArrayBufferWriter<byte> bytes, string text)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(sizeof(int)), StrictUtf8.GetByteCount(text));
        bytes.Advance(sizeof(int));
        StrictUtf8.GetBytes(text, bytes);
    }
}
