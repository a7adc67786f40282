using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClamProxy.Core.Download;

/// <summary>Turns a <c>Location</c> value into an absolute URL (RFC 3986 §5.2). Whether it may be fetched is not decided here.</summary>
internal static class RedirectReference
{
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    public static string Resolve(Target from, string location)
    {
        var reference = Encode(location.Trim(' ', '\t'));
        if (HasScheme(reference))
        {
            return Normalise(reference, reference.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : reference.Length);
        }

        if (reference.StartsWith("//", StringComparison.Ordinal))
        {
            return Normalise($"{from.Uri.Scheme}:{reference}", from.Uri.Scheme.Length + 3);
        }

        var path = reference switch
        {
            "" => from.Text[from.Origin.Length..],
            ['/', ..] => reference,
            ['?', ..] => $"{from.Path}{reference}",
            _ => $"{from.Path[..(from.Path.LastIndexOf('/') + 1)]}{reference}",
        };
        return Normalise($"{from.Origin}{path}", from.Origin.Length);
    }

    // The fragment is dropped; raw UTF-8 bytes (Latin-1 here) and spaces are percent-encoded as curl and browsers do.
    private static string Encode(string location)
    {
        var text = new StringBuilder(location.Length);
        foreach (var character in location)
        {
            if (character == '#')
            {
                break;
            }

            if (character is ' ' or (>= '\x80' and <= '\xFF'))
            {
                text.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}");
            }
            else
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }

    private static bool HasScheme(string reference)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(reference[0]) && !reference.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters);
    }

    private static string Normalise(string url, int searchFrom)
    {
        var afterHost = url.AsSpan(searchFrom).IndexOfAny('/', '?');
        if (afterHost < 0)
        {
            return url;
        }

        var pathStart = searchFrom + afterHost;
        var query = url.IndexOf('?', pathStart);
        var pathEnd = query < 0 ? url.Length : query;
        return string.Concat(url.AsSpan(0, pathStart), RemoveDotSegments(url[pathStart..pathEnd]), url.AsSpan(pathEnd));
    }

    // RFC 3986 §5.2.4: only literal dot segments; everything else keeps its bytes, empty segments too.
    private static string RemoveDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (segments[i] == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (isLast)
            {
                kept.Add("");
            }
        }

        return path.Length == 0 ? "" : "/" + string.Join('/', kept);
    }
}
