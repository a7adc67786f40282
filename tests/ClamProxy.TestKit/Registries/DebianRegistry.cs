using System.Text;

namespace ClamProxy.TestKit.Registries;

/// <summary>An apt repository (one host: its index names no other) of packages that dpkg-deb made, found by hash as well.</summary>
public sealed class DebianRegistry
{
    private const string Architecture = "all";

    private DebianRegistry()
    {
    }

    /// <param name="hosts">Where it is served.</param>
    /// <param name="folder">Where the packages are made.</param>
    /// <returns>The public key that it is signed with.</returns>
    public static async Task<byte[]> PublishAsync(RegistryHosts hosts, string folder)
    {
        var packages = new StringBuilder();
        foreach (var package in RegistryPackage.All)
        {
            var file = await BuildAsync(package, folder);
            var path = $"pool/main/{file.Name}";
            RegistryHosts.Publish(hosts.Index, $"/{path}", file.Bytes);
            packages.Append(Control(package)).Append($"Filename: {path}\nSize: {file.Bytes.Length}\nSHA256: {file.Sha256}\n\n");
        }

        var index = new PublishedFile("Packages", Encoding.UTF8.GetBytes(packages.ToString()));
        foreach (var architecture in new[] { "all", "amd64", "arm64" })
        {
            RegistryHosts.Publish(hosts.Index, $"/dists/stable/main/binary-{architecture}/Packages", index.Bytes);
            RegistryHosts.Publish(hosts.Index, $"/dists/stable/main/binary-{architecture}/by-hash/SHA256/{index.Sha256}", index.Bytes);
        }

        // Signing starts an agent, which would outlive it.
        await File.WriteAllTextAsync(Path.Combine(folder, "Release"), Release(index));
        await RunAsync(folder, "sh", "-ec", """
            mkdir -m 700 keys
            trap 'gpgconf --homedir "$PWD/keys" --kill all' EXIT
            gpg="gpg --homedir $PWD/keys --batch --quiet"
            $gpg --passphrase '' --quick-generate-key test@example.com rsa2048 sign never
            $gpg --output key.gpg --export
            $gpg --output InRelease --clearsign Release
            """);
        RegistryHosts.Publish(
            hosts.Index, "/dists/stable/InRelease", await File.ReadAllBytesAsync(Path.Combine(folder, "InRelease")), "text/plain");
        return await File.ReadAllBytesAsync(Path.Combine(folder, "key.gpg"));
    }

    private static string Release(PublishedFile index)
    {
        var hashes = string.Concat(new[] { "all", "amd64", "arm64" }.Select(architecture =>
            $" {index.Sha256} {index.Bytes.Length} main/binary-{architecture}/Packages\n"));
        return "Origin: test\nLabel: test\nSuite: stable\nCodename: stable\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
            + $"Architectures: all amd64 arm64\nComponents: main\nAcquire-By-Hash: yes\nSHA256:\n{hashes}";
    }

    private static string Control(RegistryPackage package)
    {
        var needs = package.Needs.Length > 0 ? $"Depends: {string.Join(", ", package.Needs)}\n" : "";
        return $"Package: {package.Name}\nVersion: {RegistryPackage.Version}\nArchitecture: {Architecture}\nMaintainer: test "
            + $"<test@example.com>\n{needs}Description: test\n";
    }

    private static async Task<PublishedFile> BuildAsync(RegistryPackage package, string folder)
    {
        var root = Path.Combine(folder, package.Name);
        var share = Path.Combine(root, "usr/share", package.Name);
        Directory.CreateDirectory(share);
        Directory.CreateDirectory(Path.Combine(root, "DEBIAN"));
        await File.WriteAllTextAsync(Path.Combine(root, "DEBIAN/control"), Control(package));
        await File.WriteAllTextAsync(Path.Combine(share, "words.txt"), RegistryPackage.Words);
        if (package.Data is { } data)
        {
            await File.WriteAllBytesAsync(Path.Combine(share, "data.bin"), data);
        }

        var file = Path.Combine(folder, $"{package.Name}_{RegistryPackage.Version}_{Architecture}.deb");
        await RunAsync(folder, "dpkg-deb", "-Zxz", "--root-owner-group", "--build", root, file);
        return new PublishedFile(Path.GetFileName(file), await File.ReadAllBytesAsync(file));
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments, folder: folder);
        await process.WaitForExitAsync(CancellationToken.None);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(process.Log);
        }
    }
}
