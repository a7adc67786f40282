using System.Buffers.Text;
using System.Text;

namespace ClamProxy.Access;

/// <summary>What a request's field says: RFC 7617's user name and password, or RFC 6750's token.</summary>
/// <param name="Name">Whose secret; null: a token, which says it by itself.</param>
internal sealed record PresentedCredential(byte[]? Name, byte[] Secret)
{
    /// <summary>Longer than any token or password that somebody keeps; a longer one is not hashed.</summary>
    private const int MostCharacters = 2048;

    /// <summary>
    /// Reads a field's value as Kestrel has it: each character is a byte that was sent. Null: it is nothing that could be right.
    /// </summary>
    public static PresentedCredential? Parse(string field)
    {
        if (field.Length > MostCharacters || field.IndexOf(' ', StringComparison.Ordinal) is var space && space < 0)
        {
            return null;
        }

        var scheme = field.AsSpan(0, space);
        var value = field.AsSpan(space + 1).Trim(' ');
        var given = scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? new(null, Encoding.Latin1.GetBytes(value.ToString()))
            : scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? Basic(value)
            : null;

        // Never right: an operator who hashed a variable that was not set would let everybody in.
        return given is { Secret.Length: > 0 } ? given : null;
    }

    private static PresentedCredential? Basic(ReadOnlySpan<char> value)
    {
        if (!Base64.IsValid(value, out var length))
        {
            return null;
        }

        var bytes = new byte[length];
        var colon = Convert.TryFromBase64Chars(value, bytes, out _) ? bytes.AsSpan().IndexOf((byte)':') : -1;
        return colon < 0 ? null : new(bytes[..colon], bytes[(colon + 1)..]);
    }
}
