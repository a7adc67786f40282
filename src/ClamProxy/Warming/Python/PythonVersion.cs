using System.Text.RegularExpressions;

namespace ClamProxy.Warming.Python;

/// <summary>Versions in one spelling (PEP 440): 1.0, v1.0.0 and 1 are the same, and so are 1.0rc1 and 1.0-c.1.</summary>
internal static partial class PythonVersion
{
    /// <summary>The one spelling; text that is no version comes back as it is, in small letters.</summary>
    public static string Normalise(string version)
    {
        var text = version.Trim().ToLowerInvariant();
        var match = Version().Match(text);
        if (!match.Success)
        {
            return text;
        }

        var epoch = match.Groups["epoch"].Value.TrimStart('0');
        var release = string.Join(
            '.', match.Groups["release"].Value.Split('.').Select(Number).Reverse().SkipWhile(part => part == "0").Reverse());
        return (epoch.Length > 0 ? epoch + "!" : "")
            + (release.Length == 0 ? "0" : release)
            + Part(
                match,
                "pre",
                match.Groups["prename"].Value switch { "alpha" => "a", "beta" => "b", "c" or "pre" or "preview" => "rc", var name => name })
            + (match.Groups["implicit"].Success ? ".post" + Number(match.Groups["implicit"].Value) : Part(match, "post", ".post"))
            + Part(match, "dev", ".dev")
            + (match.Groups["local"].Success ? "+" + match.Groups["local"].Value.Replace('-', '.').Replace('_', '.') : "");
    }

    /// <summary>Whether a file of this version is what <c>==</c> asks for; a local part counts only where one is asked for.</summary>
    public static bool IsAskedFor(string asked, string version)
    {
        var (want, have) = (Normalise(asked), Normalise(version));
        return want == have || (!want.Contains('+', StringComparison.Ordinal) && want == have.Split('+')[0]);
    }

    private static string Part(Match match, string group, string name) =>
        match.Groups[group].Success ? name + Number(match.Groups[group + "number"].Value) : "";

    private static string Number(string digits) => digits.TrimStart('0') is { Length: > 0 } number ? number : "0";

    [GeneratedRegex(
        @"^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)"
        + @"(?<pre>[-_.]?(?<prename>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?<prenumber>[0-9]*))?"
        + @"(?:-(?<implicit>[0-9]+)|(?<post>[-_.]?(?:post|rev|r)[-_.]?(?<postnumber>[0-9]*)))?"
        + @"(?<dev>[-_.]?dev[-_.]?(?<devnumber>[0-9]*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\z",
        RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
