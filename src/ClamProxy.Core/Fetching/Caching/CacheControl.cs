using System.Globalization;

namespace ClamProxy.Core.Fetching.Caching;

/// <summary>
/// The directives of Cache-Control, of a request or an answer (RFC 9111 §5.2). A number that is none counts as 0, and of several the
/// smallest: what is unclear is stale. A directive that is limited to fields (<c>no-cache="Set-Cookie"</c>) counts as the whole one.
/// </summary>
public sealed class CacheControl
{
    /// <summary>Longer times are as good as for ever (RFC 9111 §1.2.2), and may be added to any time of day.</summary>
    private const long MostSeconds = int.MaxValue;

    private readonly IReadOnlyList<(string Name, string? Value)> _directives;

    private CacheControl(IReadOnlyList<(string Name, string? Value)> directives) => _directives = directives;

    /// <summary>Nothing is said.</summary>
    public static CacheControl None { get; } = new([]);

    public bool NoStore => Has("no-store");

    public bool NoCache => Has("no-cache");

    public bool IsPrivate => Has("private");

    public bool IsPublic => Has("public");

    public bool MustUnderstand => Has("must-understand");

    public bool OnlyIfCached => Has("only-if-cached");

    public TimeSpan? SharedMaxAge => Seconds("s-maxage");

    public TimeSpan? MaxAge => Seconds("max-age");

    public TimeSpan? MinFresh => Seconds("min-fresh");

    /// <summary>How stale an answer the client takes; without a number any.</summary>
    public TimeSpan? MaxStale => Has("max-stale", value => value is null) ? TimeSpan.FromSeconds(MostSeconds) : Seconds("max-stale");

    public TimeSpan? StaleWhileRevalidate => Seconds("stale-while-revalidate");

    public TimeSpan? StaleIfError => Seconds("stale-if-error");

    /// <summary>Whether a stale answer is given to nobody before it was validated (RFC 9111 §4.2.4).</summary>
    public bool ForbidsStale => NoCache || Has("must-revalidate") || Has("proxy-revalidate") || Has("s-maxage");

    /// <summary>Reads the field's lines.</summary>
    public static CacheControl Of(IEnumerable<string?> lines)
    {
        List<(string Name, string? Value)>? directives = null;
        foreach (var line in lines)
        {
            foreach (var member in Members(line ?? ""))
            {
                (directives ??= []).Add(Read(member));
            }
        }

        return directives is null ? None : new CacheControl(directives);
    }

    /// <summary>The parts between commas that are not in quotes; a quote that is never closed is an ordinary character.</summary>
    private static IEnumerable<string> Members(string line)
    {
        var start = 0;
        var mayClose = true;
        for (var at = 0; at < line.Length; at++)
        {
            if (mayClose && line[at] == '"')
            {
                // Behind one that is never closed each is escaped, and never closed either: to look again would be quadratic.
                var end = EndOfQuoted(line, at);
                mayClose = end is not null;
                at = end ?? at;
            }
            else if (line[at] == ',')
            {
                if (line[start..at].Trim(' ', '\t') is { Length: > 0 } member)
                {
                    yield return member;
                }

                start = at + 1;
            }
        }

        if (line[start..].Trim(' ', '\t') is { Length: > 0 } last)
        {
            yield return last;
        }
    }

    private static int? EndOfQuoted(string line, int open)
    {
        for (var at = open + 1; at < line.Length; at++)
        {
            if (line[at] == '"')
            {
                return at;
            }

            at += line[at] == '\\' ? 1 : 0;
        }

        return null;
    }

    private static (string Name, string? Value) Read(string member)
    {
        var equals = member.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (member, null) : (member[..equals].TrimEnd(' ', '\t'), Unquoted(member, equals));
    }

    /// <summary>A token or a quoted string (RFC 9111 §5.2). Spaces around the equals sign are in neither, and make no number.</summary>
    private static string Unquoted(string member, int equals)
    {
        var value = member[(equals + 1)..];
        return equals > 0 && member[equals - 1] is ' ' or '\t' ? " " + value
            : value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1]
            : value;
    }

    private bool Has(string name) => Has(name, _ => true);

    private bool Has(string name, Func<string?, bool> suits)
    {
        foreach (var (known, value) in _directives)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase) && suits(value))
            {
                return true;
            }
        }

        return false;
    }

    private TimeSpan? Seconds(string name)
    {
        long? least = null;
        foreach (var (known, value) in _directives)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                least = Math.Min(least ?? MostSeconds, Number(value));
            }
        }

        return least is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static long Number(string? text) =>
        string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExceptInRange('0', '9') ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, MostSeconds)
        : MostSeconds;
}
