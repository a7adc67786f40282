using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>curl and wget: a release whose download is redirected to another host, and the list of hashes beside it.</summary>
public abstract class PlainClient(ClientClamd clamd) : PackageClientConformance(clamd)
{
    protected override string Preset => "generic";

    // The index redirects to the files; whoever follows redirects needs no second upstream.
    protected override bool HasFilesHost => false;

    protected override bool UsesFilesHost => true;

    /// <summary>Fetches one URL into a file of the project.</summary>
    protected abstract Task<ClientRun> FetchAsync(ClientMachine machine, string url, string file);

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        var sums = "";
        foreach (var package in RegistryPackage.All)
        {
            var file = new PublishedFile(FileOf(package), Archive.TarGz(package.Files("", ($"{package.Name}.txt", RegistryPackage.Words))));
            RegistryHosts.Publish(hosts.Files, $"/cdn/{file.Name}", file.Bytes);
            hosts.Index.Redirect($"/releases/{file.Name}", $"{hosts.Files.Url}/cdn/{file.Name}");
            sums += $"{file.Sha256}  {file.Name}\n";
        }

        RegistryHosts.Publish(hosts.Index, "/releases/SHA256SUMS", sums, "text/plain");
        return Task.CompletedTask;
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        var names = package.Needs.Select(
            need => RegistryPackage.All.Single(each => each.Name == need)).Prepend(package).Select(FileOf).Append("SHA256SUMS");
        foreach (var name in names)
        {
            var fetch = await FetchAsync(machine, $"{registry.Url}/releases/{name}", name);
            if (fetch.ExitCode != 0)
            {
                return fetch;
            }
        }

        return await machine.RunAsync("sha256sum", "--check", "--strict", "--ignore-missing", "SHA256SUMS");
    }

    protected override Task<ClientRun> UseAsync(ClientMachine machine) => machine.RunAsync("tar", "-xzOf", FileOf(RegistryPackage.Wording));

    // A refusal that the client kept as it came has none of the file's bytes.
    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) =>
        File.Exists(machine.File(FileOf(package))) && File.ReadAllBytes(machine.File(FileOf(package))) is [0x1F, 0x8B, ..];

    private static string FileOf(RegistryPackage package) => $"{package.Name}-{RegistryPackage.Version}.tar.gz";
}
