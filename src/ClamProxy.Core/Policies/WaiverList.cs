using System.Text.Json;

namespace ClamProxy.Core.Policies;

/// <summary>Reads a file of exceptions.</summary>
internal static class WaiverList
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
    public static IReadOnlyList<Waiver> Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new InvalidDataException($"it is larger than {MostBytes} bytes");
        }

        List<WaiverValue?> values;
        try
        {
            values = [.. JsonSerializer.Deserialize(File.ReadAllText(path), WaiverJson.Default.ListWaiverValue) ?? []];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is not a list of exceptions: {e.Message}", e);
        }

        var waivers = values.ConvertAll(value => value?.ToEntry());
        for (var i = 0; i < waivers.Count; i++)
        {
            if (waivers[i] is null || waivers[i]!.Problem() is not null)
            {
                throw new InvalidDataException($"entry {i + 1} {waivers[i]?.Problem() ?? "is null"}");
            }
        }

        return waivers!;
    }
}
