using System.Text.Json;

namespace ClamProxy.Core.Policies;

/// <summary>Reads a file of exceptions.</summary>
internal static class ExceptionList
{
    private const long MostBytes = 1 << 20;

    /// <returns>What is wrong with the file, or null.</returns>
    public static string? Problem(string path)
    {
        try
        {
            Read(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return e.Message;
        }
    }

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is no list of exceptions; the message says which entry is wrong and how.</exception>
    public static IReadOnlyList<ExceptionEntry> Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new InvalidDataException($"it is larger than {MostBytes} bytes");
        }

        List<ExceptionValue?> values;
        try
        {
            values = [.. JsonSerializer.Deserialize(File.ReadAllText(path), ExceptionJson.Default.ListExceptionValue) ?? []];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is no list of exceptions: {e.Message}", e);
        }

        var exceptions = values.ConvertAll(value => value?.ToEntry());
        for (var i = 0; i < exceptions.Count; i++)
        {
            if (exceptions[i] is null || exceptions[i]!.Problem() is not null)
            {
                throw new InvalidDataException($"entry {i + 1} {exceptions[i]?.Problem() ?? "is null"}");
            }
        }

        return exceptions!;
    }
}
