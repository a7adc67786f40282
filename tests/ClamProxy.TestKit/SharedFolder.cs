namespace ClamProxy.TestKit;

/// <summary>A folder for a server that leaves root behind.</summary>
internal static class SharedFolder
{
    private const UnixFileMode ForAll = (UnixFileMode)0b111_111_111;

    /// <summary>Lets everybody use it, and everybody through to it.</summary>
    public static void Open(string path)
    {
        File.SetUnixFileMode(path, ForAll);
        for (var above = Directory.GetParent(path); above is not null; above = above.Parent)
        {
            var mode = File.GetUnixFileMode(above.FullName);
            if (!mode.HasFlag(UnixFileMode.OtherExecute))
            {
                File.SetUnixFileMode(above.FullName, mode | UnixFileMode.OtherExecute);
            }
        }
    }
}
