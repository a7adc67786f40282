using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Json;

namespace ClamProxy.Reloading;

/// <summary>The files that settings are read from, whether they exist or not.</summary>
internal sealed class ConfigurationFiles
{
    // No configuration is as large; more is not read, and counts as no change.
    private const long MostBytes = 16 << 20;

    private readonly IReadOnlyList<string> _paths;

    private ConfigurationFiles(IReadOnlyList<string> paths) => _paths = paths;

    public static ConfigurationFiles Of(IConfigurationBuilder configuration) => new(
    [
        .. configuration.Sources.OfType<JsonConfigurationSource>()
            .Select(source => source.FileProvider?.GetFileInfo(source.Path ?? "").PhysicalPath)
            .OfType<string>(),
    ]);

    /// <summary>Puts another file in the place of all of them.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is not JSON.</exception>
    public static void Replace(IConfigurationBuilder configuration, string file)
    {
        var own = configuration.Sources.OfType<JsonConfigurationSource>().ToList();
        var source = new JsonConfigurationSource { Path = Path.GetFullPath(file), Optional = false };
        source.ResolveFileProvider();
        configuration.Sources.Insert(own.Count > 0 ? configuration.Sources.IndexOf(own[0]) : 0, source);
        own.ForEach(one => configuration.Sources.Remove(one));
    }

    /// <summary>Those that exist.</summary>
    public IReadOnlyList<string> Existing => [.. _paths.Where(File.Exists)];

    /// <summary>
    /// What tells one state of all files from another. By their bytes: a ConfigMap of Kubernetes changes behind a link, and a network's
    /// file system may not tell.
    /// </summary>
    /// <exception cref="IOException">One of them cannot be read now.</exception>
    /// <exception cref="UnauthorizedAccessException">One of them may not be read.</exception>
    public async Task<string> FingerprintAsync(CancellationToken cancellationToken)
    {
        var marks = new List<string>();
        foreach (var path in Existing)
        {
            await using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 4096, FileOptions.Asynchronous);
            marks.Add(file.Length > MostBytes
                ? $"{path}: too large"
                : $"{path}: {Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken))}");
        }

        return string.Join('\n', marks);
    }
}
