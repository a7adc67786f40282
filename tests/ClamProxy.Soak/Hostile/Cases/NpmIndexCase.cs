using System.Text.Json;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 4 with npm itself.</summary>
internal sealed class NpmIndexCase() : HostileCase(
    "4-npm",
    "an index calls its page application/octet-stream and links to an infected tarball at a second host: npm install",
    "npm does not get to the second host and installs nothing infected")
{
    public override async Task RunAsync(CaseRun run)
    {
        var registry = run.Made(await SplitRegistry.StartAsync("application/octet-stream"));
        var proxy = await run.ProxyAsync(
            [
                .. Route.Of("npm", registry.Index.Url, more: Route.Rewrite($"{registry.Files.Url}/", "/npm-files/")),
                .. Route.Of("npm-files", registry.Files.Url, cacheScan: true)]);
        var folder = run.Folder();
        var name = RegistryPackage.Tainted.Name;
        await File.WriteAllTextAsync(
            folder.File("package.json"),
            JsonSerializer.Serialize(new Dictionary<string, string> { ["name"] = "app", ["version"] = "1.0.0" }),
            run.Ending);

        var npm = await ProgramRun.OfAsync(
            "npm",
            [
                "install",
                "--registry",
                $"http://127.0.0.1:{proxy.Port}/npm/",
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
                "--fetch-retries=0",
                "--ignore-scripts",
                name],
            folder.Path,
            run.Ending);

        var isInstalled = File.Exists(folder.File($"node_modules/{name}/data.bin"));
        run.Saw(
            $"npm ended with {npm.ExitCode}, {registry.PastTheProxy} requests past the proxy, the infected package is "
                + $"{(isInstalled ? "" : "not ")}installed");
        run.Must(registry.PastTheProxy == 0, $"npm asked the second host {registry.PastTheProxy} times past the proxy");
        run.Must(!isInstalled, "the infected package is installed");
    }
}
