using System.Text;
using System.Text.RegularExpressions;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Which keys a flow takes: those that one of the patterns fits, and none that begins with <c>!</c>. <c>*</c> is any text without a slash,
/// <c>**</c> any text, <c>?</c> one character that is no slash. A pattern without a slash is of the last part of the key.
/// </summary>
internal sealed class KeyPatterns
{
    private const char Except = '!';
    private const int MostCharacters = 1024;

    private readonly List<Regex> _wanted;
    private readonly List<Regex> _unwanted;

    public KeyPatterns(IReadOnlyList<string> patterns)
    {
        _wanted = [.. patterns.Where(pattern => pattern[0] != Except).Select(RegexOf)];
        _unwanted = [.. patterns.Where(pattern => pattern[0] == Except).Select(pattern => RegexOf(pattern[1..]))];
    }

    public static bool IsPattern(string text) => text.Length is > 0 and <= MostCharacters && text != "!";

    public bool Takes(string key) =>
        (_wanted.Count == 0 || _wanted.Exists(pattern => pattern.IsMatch(key))) && !_unwanted.Exists(pattern => pattern.IsMatch(key));

    private static Regex RegexOf(string pattern)
    {
        var text = new StringBuilder(pattern.Contains('/', StringComparison.Ordinal) ? @"\A" : @"\A(?:.*/)?");
        for (var at = 0; at < pattern.Length; at++)
        {
            var isTwo = pattern[at] == '*' && at + 1 < pattern.Length && pattern[at + 1] == '*';
            text.Append(pattern[at] switch
            {
                '*' => isTwo ? ".*" : "[^/]*",
                '?' => "[^/]",
                var other => Regex.Escape(other.ToString()),
            });
            at += isTwo ? 1 : 0;
        }

        // Time grows with the key's length alone, whatever the pattern.
        return new(text.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }
}
