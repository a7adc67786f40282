using System.Globalization;
using System.Net;
using System.Text;

namespace ClamProxy.Rewriting;

/// <summary>
/// An absolute URL as the most lenient of clients reads it (WHATWG URL §4.4; Python's urlsplit where that finds another host). It is for
/// recognising a host, never for fetching from it.
/// </summary>
/// <param name="Scheme">Lower case; null where it is the page's.</param>
/// <param name="Host">Lower case, decoded, without a dot at its end; <see cref="Unreadable"/> where clients do not agree which it
/// is.</param>
/// <param name="Port">Null: the scheme's own.</param>
/// <param name="Rest">Path, query and fragment as they are.</param>
internal sealed record LinkUrl(string? Scheme, string Host, int? Port, string Rest)
{
    /// <summary>Stands for a host on which clients do not agree.</summary>
    public const string Unreadable = "?";

    private const int MostOfHost = 255;

    /// <returns>Null: it is relative, or of a scheme that fetches nothing.</returns>
    public static LinkUrl? Parse(string text)
    {
        var url = Plain(text);
        var scheme = SchemeOf(url);
        var start = scheme is null ? 0 : scheme.Length + 1;
        var authority = start;
        while (authority < url.Length && url[authority] is '/' or '\\')
        {
            authority++;
        }

        scheme = scheme?.ToLowerInvariant();
        scheme = scheme?[(scheme.LastIndexOf('+') + 1)..];
        var isAbsolute = authority - start >= 2 || scheme is "http" or "https" or "ftp";
        return isAbsolute && authority < url.Length ? Split(scheme, url, authority) : null;
    }

    /// <summary>
    /// Whether a text begins with a scheme, or with two slashes of any kind, once what clients drop is gone; cheaper than to parse it.
    /// </summary>
    public static bool MayBe(ReadOnlySpan<byte> text)
    {
        var (letters, slashes) = (0, 0);
        foreach (var one in text)
        {
            if (one is (byte)'/' or (byte)'\\')
            {
                slashes++;
            }
            else if (slashes == 0 && UrlText.OfSchemes.Contains((char)one))
            {
                letters++;
            }
            else if (one > ' ' && (one < 0x7f || letters + slashes > 0))
            {
                return slashes > 1 || one == ':';
            }

            if (letters > 0 && slashes > 0)
            {
                return false;
            }
        }

        return slashes > 1;
    }

    /// <summary>The scheme's own port where the URL names none; 0 where that is not known.</summary>
    public int PortOr(string pageScheme) => Port ?? ((Scheme ?? pageScheme) switch { "http" => 80, "https" => 443, _ => 0 });

    private static LinkUrl? Split(string? scheme, string url, int start)
    {
        var end = url.AsSpan(start).IndexOfAny('/', '?', '#') is var at and >= 0 ? start + at : url.Length;
        var authority = url[start..end];
        var isAmbiguous = authority.Contains('\\', StringComparison.Ordinal) && authority.Contains('@', StringComparison.Ordinal);
        var backslash = authority.IndexOf('\\', StringComparison.Ordinal);
        if (backslash >= 0)
        {
            end = start + backslash;
            authority = authority[..backslash];
        }

        var hostAndPort = authority[(authority.LastIndexOf('@') + 1)..];
        var colon = hostAndPort.LastIndexOf(':') is var last && last > hostAndPort.LastIndexOf(']') ? last : -1;
        var (host, port) = colon < 0 ? (hostAndPort, "") : (hostAndPort[..colon], hostAndPort[(colon + 1)..]);
        var number = 0;
        var isNumber = port.Length == 0 || int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        host = HostOf(host);
        return host.Length == 0 ? null
            : isAmbiguous || !isNumber || host.Length > MostOfHost ? new(scheme, Unreadable, null, url[end..])
            : new(scheme, host, number == 0 || number == DefaultPort(scheme) ? null : number, url[end..]);
    }

    private static int DefaultPort(string? scheme) => scheme switch { "http" => 80, "https" => 443, _ => -1 };

    /// <summary>The text without what clients drop: blanks and controls around it, tabs and line breaks anywhere.</summary>
    private static string Plain(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var one in text)
        {
            if (one is not ('\t' or '\n' or '\r') && (kept.Length > 0 || (one > ' ' && !char.IsWhiteSpace(one))))
            {
                kept.Append(one);
            }
        }

        return kept.ToString();
    }

    private static string? SchemeOf(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(UrlText.OfSchemes) < 0
            ? url[..colon]
            : null;
    }

    private static string HostOf(string text)
    {
        var decoded = Uri.UnescapeDataString(text);
        var host = new StringBuilder(decoded.Length);
        foreach (var one in decoded)
        {
            // IDNA (UTS 46): full-width characters and the dots of Chinese and Japanese are those of ASCII, and some characters are none at
            // all.
            var folded = one switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(one - 0xFEE0),
                '\u3002' or '\uFF61' => '.',
                '\u00AD' or (>= '\u200B' and <= '\u200F') or '\u2060' or '\uFEFF' or (>= '\uFE00' and <= '\uFE0F') => '\0',
                _ => char.ToLowerInvariant(one),
            };
            if (folded > ' ')
            {
                host.Append(char.ToLowerInvariant(folded));
            }
        }

        var name = host.ToString().TrimEnd('.');
        return name.Length > 0 && (char.IsAsciiDigit(name[0]) || name[0] == '[') && IPAddress.TryParse(name, out var address)
            ? address.ToString()
            : name;
    }
}
