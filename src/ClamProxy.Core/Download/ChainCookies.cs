using System.Globalization;

namespace ClamProxy.Core.Download;

/// <summary>
/// The cookies that the servers of one chain of redirects set, for the later requests of that chain only (RFC 6265): file hosts set one,
/// redirect, and look whether it comes back.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ChainCookies(TimeProvider time)
{
    // What a browser keeps at least (RFC 6265 §6.1); further or longer ones are left out.
    private const int MostCookies = 50;
    private const int MostCharacters = 4096;

    private readonly List<ChainCookie> _cookies = [];

    /// <summary>Takes the cookies of one redirect.</summary>
    public void Take(Target from, IEnumerable<string> setCookies)
    {
        foreach (var field in setCookies.Where(field => field.Length <= MostCharacters))
        {
            if (ChainCookie.Parse(from, field, out var life) is not { } cookie)
            {
                continue;
            }

            _cookies.RemoveAll(cookie.Replaces);
            if (IsToKeep(life) && _cookies.Count < MostCookies)
            {
                _cookies.Add(cookie);
            }
        }
    }

    /// <summary>What the request for a target says of cookies; null: nothing.</summary>
    /// <param name="target">The target.</param>
    /// <param name="ofClient">What the client has sent for it; a cookie of the chain replaces one of the same name.</param>
    public string? For(Target target, string? ofClient)
    {
        var ofChain = _cookies.Where(cookie => cookie.IsFor(target)).OrderByDescending(cookie => cookie.Path.Length).ToList();
        if (ofChain.Count == 0)
        {
            return ofClient;
        }

        var names = ofChain.Select(cookie => cookie.Name).ToHashSet(StringComparer.Ordinal);
        var others = (ofClient ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => !names.Contains(pair.Split('=')[0].Trim()));
        return string.Join("; ", others.Concat(ofChain.Select(cookie => $"{cookie.Name}={cookie.Value}")));
    }

    /// <summary>Max-Age wins over Expires (RFC 6265 §5.3); what neither says lasts as long as the chain.</summary>
    private bool IsToKeep((string? MaxAge, string? Expires) life) =>
        long.TryParse(life.MaxAge, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? seconds > 0
        : !DateTimeOffset.TryParse(life.Expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            || end > time.GetUtcNow();
}
