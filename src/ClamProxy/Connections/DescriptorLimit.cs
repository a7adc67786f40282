using System.Globalization;

namespace ClamProxy.Connections;

/// <summary>
/// How many connections the process's limit of descriptors has room for (RLIMIT_NOFILE, which .NET raises to its hard limit at the start).
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>A request may have its client, its upstream, a scanner and two files open; not all have at once.</summary>
    private const int PerConnection = 4;

    private const string Path = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>The most connections; as many as there are numbers where the process has no limit, or says none.</summary>
    public static int Connections { get; } = Of(Read());

    /// <param name="limits">The text of /proc/self/limits (proc(5)).</param>
    public static int Of(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) ?? "";
        var soft = line[Math.Min(Line.Length, line.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? (int)Math.Clamp(most / PerConnection, 1, int.MaxValue)
            : int.MaxValue;
    }

    private static string Read()
    {
        try
        {
            return File.ReadAllText(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
