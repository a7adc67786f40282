using System.Text.RegularExpressions;

namespace ClamProxy.Configuration;

/// <summary>
/// Finds variables that are nearly called as a short variable of ours: a misspelt one must not silently keep its default. Other programs'
/// variables must not stop the start: see docs/configuration/README.md for the rule.
/// </summary>
/// <param name="known">The short variables.</param>
/// <param name="ignored">Variables that the operator says are another program's.</param>
internal sealed partial class NearVariables(IReadOnlyCollection<string> known, IReadOnlyCollection<string> ignored)
{
    // Single words are too near to those of others: PORT to HOST and PORTS.
    private const int ShortestWord = 7;
    private const int LongName = 14;

    // The names of OpenTelemetry's variables are near to each other, and most are no settings of ours.
    private const string OpenTelemetry = "OTEL_";

    /// <returns>One line each, without the value: a misspelt password would be one.</returns>
    public IEnumerable<string> Find(IConfiguration root)
    {
        foreach (var (key, value) in root.AsEnumerable())
        {
            var name = key.Replace(":", "__", StringComparison.Ordinal);
            if (!string.IsNullOrWhiteSpace(value)
                && !IsOfOthers(name, value)
                && known.Where(one => IsNear(name, one) && string.IsNullOrWhiteSpace(root[one])).MinBy(
                    one => EditDistance.Between(name, one)) is { } near)
            {
                yield return $"{SettingText.OneLine(name)}: no such variable; did you mean {near}? If it is another program's, "
                    + $"name it in IGNORED_VARIABLES";
            }
        }
    }

    private bool IsOfOthers(string name, string value) =>
        known.Contains(name, StringComparer.OrdinalIgnoreCase)
        || ignored.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (name.EndsWith("_PORT", StringComparison.OrdinalIgnoreCase) && ServiceLink().IsMatch(value));

    private static bool IsNear(string name, string known)
    {
        var (one, other) = (Plain(name), Plain(known));
        if (one.Length == 0 || one[0] != other[0] || (!known.Contains('_', StringComparison.Ordinal) && known.Length < ShortestWord))
        {
            return false;
        }

        var most = known.Length >= LongName && !known.StartsWith(OpenTelemetry, StringComparison.Ordinal) ? 2 : 1;
        return EditDistance.Between(one, other) <= most;
    }

    /// <summary>The name without what is written in several ways: underscores, and the plural of a word that ends with y.</summary>
    private static string Plain(string name)
    {
        var plain = name.ToUpperInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return plain.EndsWith("IES", StringComparison.Ordinal) ? plain[..^3] + "Y" : plain;
    }

    // Kubernetes and Docker make REDIS2_PORT=tcp://10.0.0.1:6379 of a service.
    [GeneratedRegex("^(?:tcp|udp|sctp)://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ServiceLink();
}
