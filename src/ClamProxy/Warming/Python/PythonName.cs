using System.Text.RegularExpressions;

namespace ClamProxy.Warming.Python;

/// <summary>Project names as the index has them (PEP 503).</summary>
internal static partial class PythonName
{
    public static string Normalise(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
