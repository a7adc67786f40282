using System.Text.Json;

namespace ClamProxy.Warming.Lists;

/// <summary>
/// Reads NuGet's packages.lock.json. Packages are asked for at the nuget route, in the flat container (package content) of the public
/// gallery's form.
/// </summary>
internal static class NuGetLockReader
{
    /// <summary>Where the public gallery has its packages; <see cref="NuGetIndex"/> asks the source itself.</summary>
    public const string FlatContainer = Routes.NuGet + "/v3-flatcontainer";

    /// <exception cref="UnreadableListException">An entry makes no sense.</exception>
    public static IReadOnlyList<WarmEntry> Read(string path, JsonElement root) =>
        [.. root.Members("dependencies")
            .SelectMany(framework => root.GetProperty("dependencies").Members(framework.Name))
            .Where(package => package.Value.Text("type") != "Project")
            .Select(package => File(path, package))
            .Distinct(WarmEntryComparer.Instance)];

    private static WarmFile File(string path, JsonProperty package)
    {
        if (!IsWord(package.Name) || package.Value.Text("resolved") is not { } version || !IsWord(version))
        {
            throw new UnreadableListException(
                path,
                null,
                $"the package '{package.Name}' has no \"resolved\" version; a right one looks like \"Polly.Core\": {{ \"type\": "
                    + "\"Direct\", \"resolved\": \"8.9.1\", \"contentHash\": \"…\" }");
        }

        var hash = package.Value.Text("contentHash");
        var digest = hash is null ? null : FileDigest.OfBase64("SHA512", hash)
            ?? throw new UnreadableListException(
                path, null, $"the \"contentHash\" of {package.Name} is '{hash}'; a right one is 88 characters of Base64");

        // Ids and versions are in small letters there (NuGet's package content API).
        var (id, number) = (package.Name.ToLowerInvariant(), version.ToLowerInvariant());
        return new(
            $"{package.Name} {version}",
            $"{FlatContainer}/{id}/{number}/{id}.{number}.nupkg",
            digest is null ? [] : [digest])
        { IsNuGetPackage = true };
    }

    // Ids and versions have no others, and none of these leads out of a path.
    private static bool IsWord(string text) =>
        text.Length is > 0 and <= 200 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && text.Trim('.').Length > 0;
}
