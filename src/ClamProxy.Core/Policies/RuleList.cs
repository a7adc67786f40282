using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Core.Policies;

/// <summary>Reads a file of exceptions, or of blocks.</summary>
internal static class RuleList
{
    public const long MostBytes = 1 << 20;

    public static IReadOnlyList<Waiver> Waivers(string path) =>
        Read(path, "exceptions", RuleJson.Default.ListWaiverValue, value => value.ToEntry(), waiver => waiver.Problem());

    public static IReadOnlyList<Block> Blocks(string path) =>
        Read(path, "blocks", RuleJson.Default.ListBlockValue, value => value.ToEntry(), block => block.Problem());

    /// <param name="read">One of the above.</param>
    /// <returns>What is wrong with the file, or null.</returns>
    public static string? Problem<TRule>(string path, Func<string, IReadOnlyList<TRule>> read)
    {
        try
        {
            read(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return e.Message;
        }
    }

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is no such list; the message says which entry is wrong and how.</exception>
    private static List<TRule> Read<TValue, TRule>(
        string path, string what, JsonTypeInfo<List<TValue>> type, Func<TValue, TRule> toRule, Func<TRule, string?> problemOf)
        where TRule : class
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new InvalidDataException($"it is larger than {MostBytes} bytes");
        }

        List<TValue?> values;
        try
        {
            values = [.. JsonSerializer.Deserialize(File.ReadAllText(path), type) ?? []];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is not a list of {what}: {e.Message}", e);
        }

        var rules = new List<TRule>();
        foreach (var value in values)
        {
            var rule = value is null ? null : toRule(value);
            var problem = rule is null ? "is null" : problemOf(rule);
            if (problem is not null)
            {
                throw new InvalidDataException($"entry {rules.Count + 1} {problem}");
            }

            rules.Add(rule!);
        }

        return rules;
    }
}
