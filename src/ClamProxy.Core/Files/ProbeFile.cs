namespace ClamProxy.Core.Files;

/// <summary>Tries a folder out before anything depends on it.</summary>
internal static class ProbeFile
{
    /// <summary>Whether files can be made in a folder. The one that tells has no name, and is gone at once.</summary>
    public static bool CanBeMade(string folder)
    {
        try
        {
            using var probe = NamelessFile.Create(folder, "clamproxy-probe-");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
