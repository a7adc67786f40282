namespace ClamProxy.Telemetry;

/// <summary>Lists as OpenTelemetry's variables have them: <c>name=value,name=value</c>, percent-encoded where needed.</summary>
internal static class NamedValues
{
    /// <returns>The pairs, decoded; null when the text is no such list, or holds control characters.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>>? Parse(string? text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : Decoded(part[..equals]);
            var value = equals < 0 ? "" : Decoded(part[(equals + 1)..]);
            if (name.Length == 0 || name.Any(char.IsControl) || value.Any(char.IsControl))
            {
                return null;
            }

            pairs.Add(new(name, value));
        }

        return pairs;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Trim());
}
