using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace ClamProxy.Dashboard.Languages;

/// <summary>The languages that there are, and which one a browser prefers (RFC 9110 §12.5.4).</summary>
internal static class LanguageChoice
{
    private const string Default = "en";

    private static readonly FrozenDictionary<string, Texts> s_all =
        new[] { Default, "fr", "ja" }.ToFrozenDictionary(language => language, Texts.Read, StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyCollection<Texts> All => s_all.Values;

    public static Texts Of(HttpRequest request)
    {
        // A list that is too long is nobody's preference.
        var field = request.Headers.AcceptLanguage.ToString();
        var wanted = field.Length <= 500 && StringWithQualityHeaderValue.TryParseList([field], out var list) ? list : [];
        return wanted
            .Where(language => language.Quality is null or > 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => s_all.GetValueOrDefault(language.Value.ToString().Split('-')[0]))
            .FirstOrDefault(texts => texts is not null) ?? s_all[Default];
    }
}
