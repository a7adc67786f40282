namespace ClamProxy.Dashboard;

/// <summary>The files of the dashboard that are in this program.</summary>
internal static class Assets
{
    public static Stream Open(string name) => typeof(Assets).Assembly.GetManifestResourceStream($"Dashboard/{name}")
        ?? throw new InvalidOperationException($"the dashboard's file {name} is not in this program");

    public static byte[] Read(string name)
    {
        using var file = Open(name);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }
}
