using System.Text.Json;
using ClamProxy.Warming.Lists;

namespace ClamProxy.Warming;

/// <summary>
/// Asks the service index behind the nuget route where packages are: not every source has them where the public gallery does.
/// </summary>
internal sealed class NuGetIndex(ProxyClient client)
{
    private const string Page = Routes.NuGet + "/v3/index.json";
    private const int MostBytes = 4 * 1024 * 1024;

    /// <returns>The files at their source's own place, packages of NuGet's alone; where there is no service index, as they were.</returns>
    public async Task<IReadOnlyList<WarmFile>> PlaceAsync(IReadOnlyList<WarmFile> files, CancellationToken cancellationToken)
    {
        if (!files.Any(file => file.IsNuGetPackage))
        {
            return files;
        }

        string? address = null;
        await client.AskAsync(
            Page, Page, "*/*",
            async (answer, token) =>
            {
                var body = await BodyReader.ReadAllAsync(answer, MostBytes, token);
                address = body is null ? null : Address(body);
                return new(body?.Length ?? MostBytes, null);
            },
            cancellationToken);
        if (address is null)
        {
            return files;
        }

        var place = client.Via.LocationOf(Page, address, Routes.NuGetFiles, Routes.NuGet).TrimEnd('/');
        return
        [
            .. files.Select(
                file => file.IsNuGetPackage ? file with { Location = place + file.Location[NuGetLockReader.FlatContainer.Length..] } : file)
        ];
    }

    private static string? Address(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.Elements("resources")
                .Where(resource => resource.Text("@type")?.StartsWith("PackageBaseAddress/", StringComparison.Ordinal) is true)
                .Select(resource => resource.Text("@id"))
                .FirstOrDefault(id => id is { Length: > 0 });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
