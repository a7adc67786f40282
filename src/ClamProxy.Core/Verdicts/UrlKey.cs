using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Verdicts;

/// <summary>The key of one target's record: a hash, in which neither the target nor a credential can be read.</summary>
public readonly record struct UrlKey
{
    private const string Prefix = "clamproxy:v1:url:";

    // Strict: two malformed texts must not become one key by way of the replacement character.
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

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
        if (target.Any(char.IsControl))
        {
            throw new ArgumentException("A target holds no control characters.", nameof(target));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(StrictUtf8.GetBytes(target));
        foreach (var (name, value) in Ordered(selectors))
        {
            hash.AppendData([0]);
            Append(hash, name);
            Append(hash, value);
        }

        return new UrlKey(Prefix + Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public override string ToString() => Text;

    private static IEnumerable<(string Name, string Value)> Ordered(IEnumerable<KeyValuePair<string, string>> selectors) =>
        selectors
            .Select(selector => (Name: selector.Key.ToLowerInvariant(), selector.Value))
            .OrderBy(selector => selector.Name, StringComparer.Ordinal)
            .ThenBy(selector => selector.Value, StringComparer.Ordinal);

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = StrictUtf8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
