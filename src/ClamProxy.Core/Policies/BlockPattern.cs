using System.Text.RegularExpressions;

namespace ClamProxy.Core.Policies;

/// <summary>Which URLs a <see cref="Block"/> is about. In doubt more of them: the sure way to name one content is its SHA-256.</summary>
internal static class BlockPattern
{
    // NonBacktracking: time grows with the URL's length alone, whatever the pattern is.
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    /// <summary>An URL as it was asked for, and with its percent-encoding decoded: upstreams take both for the same.</summary>
    public static IEnumerable<string> Forms(string url)
    {
        yield return url;
        if (url.Contains('%', StringComparison.Ordinal))
        {
            yield return Uri.UnescapeDataString(url);
        }
    }

    public static Regex OfTarget(string target) =>
        new("^" + string.Join(".*", target.Split('*').Select(Regex.Escape)), Options | RegexOptions.Singleline);

    /// <summary>
    /// Files of a package, as the registries of Python, JavaScript, Rust, Go, .NET, Java and Debian name them: the name and the version in
    /// the file's name, or as two parts of the path.
    /// </summary>
    /// <param name="package">Its name: <c>requests</c>, <c>@scope/name</c>, <c>github.com/owner/module</c>, <c>group:artifact</c>.</param>
    public static Regex OfPackage(string package, string? version)
    {
        var parts = Path(package).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var folder = string.Concat(parts[..^1].Select(part => Name(part) + "/"));
        var name = Name(parts[^1]);
        // Behind a version comes an end, another part of the name, or an ending: 1.2 is not 1.2.3.
        var number = version is null ? "[0-9][^/]*" : Regex.Escape(version) + @"(?:$|[?/_-]|\.[^0-9])";
        return new Regex($"/{folder}(?:{name}/(?:@v/)?|(?:[^?]*/)?{name}[-_])v?{number}", Options);
    }

    /// <summary>Maven's group is a row of folders.</summary>
    private static string Path(string package) => package.Split(':') is [var group, var artifact]
        ? $"{group.Replace('.', '/')}/{artifact}"
        : package;

    /// <summary>Hyphens, underscores and dots are the same in many registries' names (PEP 503).</summary>
    private static string Name(string part) => string.Join("[-_.]+", part.Split('-', '_', '.').Select(Regex.Escape));
}
