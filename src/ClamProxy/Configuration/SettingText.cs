using System.Text;

namespace ClamProxy.Configuration;

/// <summary>The one line that tells an operator what is wrong. A secret never gets into it, nor does a second line.</summary>
internal static class SettingText
{
    private const int ShownLimit = 200;
    private const string Lead = "takes ";

    public static string Line(string name, string value, string takes) =>
        $"{OneLine(name)}={OneLine(WithoutSecrets(value))}: {Lead}{What(takes)}";

    /// <summary>What a setting takes, without the word that begins it in some attributes.</summary>
    public static string What(string takes) => takes.StartsWith(Lead, StringComparison.OrdinalIgnoreCase) ? takes[Lead.Length..] : takes;

    /// <summary>The text without what may be a password: user-info before the last <c>@</c>, and a query.</summary>
    public static string WithoutSecrets(string value)
    {
        var query = value.IndexOf('?', StringComparison.Ordinal);
        var shown = query < 0 ? value : value[..(query + 1)] + "***";
        var at = value.LastIndexOf('@');
        if (at < 0)
        {
            return shown;
        }

        // A password may hold a question mark or a slash: whatever stands before the last @ goes.
        var scheme = value.IndexOf("://", StringComparison.Ordinal);
        var kept = scheme >= 0 && scheme < at ? value[..(scheme + 3)] : "";
        query = value.IndexOf('?', at);
        return $"{kept}***@{(query < 0 ? value[(at + 1)..] : value[(at + 1)..(query + 1)] + "***")}";
    }

    /// <summary>The text with its control characters escaped, cut where it stops being readable.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var one in text.AsSpan(0, Math.Min(text.Length, ShownLimit)))
        {
            _ = char.IsControl(one) ? line.Append($"\\u{(int)one:x4}") : line.Append(one);
        }

        return text.Length > ShownLimit ? line.Append('…').ToString() : line.ToString();
    }
}
