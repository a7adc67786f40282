namespace ClamProxy.Core.Files;

/// <summary>Tells files that have a content of their own from links, pipes, sockets and devices.</summary>
public static class PlainFile
{
    /// <returns>Also true where nothing can be told: opening it says why.</returns>
    public static bool MayBe(string path) => !NativeFile.TryLook(path, out var look) || look.IsRegular;
}
