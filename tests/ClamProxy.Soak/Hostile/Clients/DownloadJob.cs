using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>One download that any client can do.</summary>
/// <param name="Base">The URL of a route, such as <c>http://127.0.0.1:8080/files</c>.</param>
/// <param name="Folder">The client's own, empty.</param>
internal sealed record DownloadJob(string Base, VariantWheel Wheel, TempFolder Folder)
{
    public string Url => Base + Wheel.Path;

    /// <summary>The URL of the index, for pip.</summary>
    public string Index => $"{Base}/simple/";

    /// <summary>Where the file has to be at the end.</summary>
    public string File => Folder.File(Wheel.FileName);
}
