using System.Text.RegularExpressions;

namespace ClamProxy.Presets;

/// <summary>Texts with <c>${X}</c> in them.</summary>
internal static partial class PresetText
{
    /// <summary>The text with what its names stand for; null where one stands for nothing.</summary>
    public static string? Fill(string text, Func<string, string?> meaning)
    {
        var isWhole = true;
        var filled = Name().Replace(text, match =>
        {
            var found = meaning(match.Groups[1].Value);
            isWhole &= found is not null;
            return found ?? "";
        });
        return isWhole ? filled : null;
    }

    /// <summary>The names in a text.</summary>
    public static IEnumerable<string> Names(string text) => Name().Matches(text).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\$\{([A-Za-z_.-]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
