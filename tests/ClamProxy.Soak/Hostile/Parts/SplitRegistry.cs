using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>npm's registry with its pages at one host and an infected tarball at another.</summary>
internal sealed class SplitRegistry : IAsyncDisposable
{
    private SplitRegistry(FakeOrigin index, FakeOrigin files) => (Index, Files) = (index, files);

    public FakeOrigin Index { get; }

    public FakeOrigin Files { get; }

    public PublishedFile Tarball { get; private set; } = null!;

    /// <summary>Requests for files that did not come by ClamProxy.</summary>
    public int PastTheProxy => Files.Requests.Count(request => !request.Headers.ContainsKey("Via"));

    /// <param name="type">The media type of pages; null: none.</param>
    public static async Task<SplitRegistry> StartAsync(string? type)
    {
        var registry = new SplitRegistry(await FakeOrigin.StartAsync(), await FakeOrigin.StartAsync());
        registry.Publish(type);
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        await Files.DisposeAsync();
    }

    private void Publish(string? type)
    {
        var package = RegistryPackage.Tainted;
        Dictionary<string, object> manifest = new() { ["name"] = package.Name, ["version"] = RegistryPackage.Version };
        Tarball = new PublishedFile(
            $"{package.Name}-{RegistryPackage.Version}.tgz",
            Archive.TarGz(
                package.Files("package/", ("package.json", JsonSerializer.Serialize(manifest)), ("index.js", "module.exports = 1;\n"))));
        Files.On($"/{Tarball.Name}", Tarball.Bytes);
        manifest["dist"] = new Dictionary<string, string>
        {
            ["tarball"] = $"{Files.Url}/{Tarball.Name}",
            ["integrity"] = Tarball.Integrity,
        };
        var page = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = package.Name,
            ["dist-tags"] = new Dictionary<string, string> { ["latest"] = RegistryPackage.Version },
            ["versions"] = new Dictionary<string, object> { [RegistryPackage.Version] = manifest },
        }).Replace("\\u002B", "+", StringComparison.Ordinal));
        Index.On($"/{package.Name}", async context =>
        {
            context.Response.ContentType = type;
            context.Response.ContentLength = page.Length;
            await context.Response.Body.WriteAsync(page, context.RequestAborted);
        });
    }
}
