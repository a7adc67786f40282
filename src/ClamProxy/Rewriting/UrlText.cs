using System.Buffers;

namespace ClamProxy.Rewriting;

/// <summary>
/// The characters of URLs that mean the same in HTML, in JSON and in plain text: what is written into a body has no others.
/// </summary>
internal static class UrlText
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$*+,;=:@/[]");

    private static readonly SearchValues<byte> GoOn =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$(*+,;=:@"u8);

    /// <summary>The characters of a scheme (RFC 3986 §3.1).</summary>
    public static readonly SearchValues<char> OfSchemes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    public static bool IsPlain(char one) => Plain.Contains(one);

    /// <summary>Whether a prefix of an URL ends before this byte: with it, neither a host name, a port nor a segment goes on.</summary>
    public static bool Ends(byte next) => next < 0x80 && !GoOn.Contains(next);

    /// <summary>
    /// Whether a reference that begins with two slashes may begin behind this byte; elsewhere they are part of a longer one.
    /// </summary>
    /// <param name="previous">The byte before it; negative at the text's beginning.</param>
    public static bool MayBeginAfter(int previous) =>
        previous < 0 || previous is '"' or '\'' or '=' or '(' or '<' or '>' or ';' or '`' or <= ' ';
}
