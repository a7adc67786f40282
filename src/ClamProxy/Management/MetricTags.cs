using System.Globalization;
using System.Text;

namespace ClamProxy.Management;

/// <summary>Finds series by the tags of a measurement, without allocating on the way.</summary>
internal sealed class MetricTags
    : IEqualityComparer<KeyValuePair<string, object?>[]>,
        IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
{
    private const int ValueLimit = 128;

    public static readonly MetricTags Comparer = new();

    public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.AsSpan(), y));

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
    {
        var isSame = alternate.Length == other.Length;
        for (var i = 0; isSame && i < other.Length; i++)
        {
            isSame = alternate[i].Key == other[i].Key && Equals(alternate[i].Value, other[i].Value);
        }

        return isSame;
    }

    public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
    {
        var hash = default(HashCode);
        foreach (var (key, value) in alternate)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => alternate.ToArray();

    /// <summary>The labels as the text shows them: sorted, escaped, each name once.</summary>
    public static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            labels.TryAdd(MetricName.Label(key), Shown(value));
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""));
    }

    private static string Shown(object? value)
    {
        var text = value switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        var shown = new StringBuilder();
        foreach (var one in text.AsSpan(0, Math.Min(text.Length, ValueLimit)))
        {
            _ = one switch
            {
                '\\' => shown.Append(@"\\"),
                '"' => shown.Append("\\\""),
                '\n' => shown.Append(@"\n"),
                _ => shown.Append(one),
            };
        }

        return shown.ToString();
    }
}
