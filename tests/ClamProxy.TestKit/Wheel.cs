using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>A Python wheel (PEP 427) that pip installs: one module, and whatever data it is given.</summary>
public sealed class Wheel
{
    /// <param name="name">The distribution's name and its module's.</param>
    /// <param name="data">A file beside the module.</param>
    /// <param name="needs">The distributions it requires, in this version.</param>
    /// <param name="module">The module's text; null for one that holds the version.</param>
    public Wheel(string name, string version, byte[]? data = null, string[]? needs = null, string? module = null)
    {
        Name = name;
        FileName = $"{name}-{version}-py3-none-any.whl";
        var requires = string.Concat((needs ?? []).Select(need => $"Requires-Dist: {need}=={version}\n"));
        Metadata = Encoding.UTF8.GetBytes($"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}");
        Bytes = Build(name, version, data ?? [], Metadata, module ?? $"VERSION = \"{version}\"\n");
    }

    public string Name { get; }

    public string FileName { get; }

    public byte[] Bytes { get; }

    /// <summary>Its METADATA file, which an index may serve by itself (PEP 658).</summary>
    public byte[] Metadata { get; }

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    private static byte[] Build(string name, string version, byte[] data, byte[] metadata, string module)
    {
        var info = $"{name}-{version}.dist-info";
        var files = new Dictionary<string, byte[]>
        {
            [$"{name}.py"] = Encoding.UTF8.GetBytes(module),
            [$"{name}_data.bin"] = data,
            [$"{info}/METADATA"] = metadata,
            [$"{info}/WHEEL"] = Encoding.UTF8.GetBytes("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        };
        var record = string.Concat(files.Select(file => $"{file.Key},sha256={UrlSafe(SHA256.HashData(file.Value))},{file.Value.Length}\n"))
            + $"{info}/RECORD,,\n";
        files[$"{info}/RECORD"] = Encoding.UTF8.GetBytes(record);

        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create))
        {
            foreach (var (path, content) in files)
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(content);
            }
        }

        return buffer.ToArray();
    }

    private static string UrlSafe(byte[] hash) => Convert.ToBase64String(hash).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
