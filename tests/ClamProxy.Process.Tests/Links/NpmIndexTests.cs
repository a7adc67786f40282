using System.Text;
using System.Text.Json;
using ClamProxy.Process.Tests.Clients;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Links;

/// <summary>
/// Real npm, and a packument that leads to an infected tarball on a second host by every label and spelling that npm bears.
/// </summary>
[Collection<LinkTurns>]
public sealed class NpmIndexTests(NpmIndex index, ClientClamd clamd) : IClassFixture<NpmIndex>
{
    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("binary/octet-stream")]
    [InlineData("text/json")]
    [InlineData("application/x-json")]
    [InlineData("application/javascript")]
    [InlineData("application/yaml")]
    [InlineData("text/html")]
    [InlineData(null)]
    public async Task PackumentOfAnyMediaType_TarballComesFromHereAndIsRefused(string? type)
    {
        index.Publish();
        await LeadingIndex.RepublishAsync(index.Hosts.Index, "/tainted", text => text, type);

        var install = await InstallAsync(index.Proxy);

        Assert.Empty(index.Proxy.AskedPastTheScanner);
        Assert.True(install.ExitCode != 0, install.Screen);
        Assert.Contains("Eicar-Test-Signature", install.Screen, StringComparison.Ordinal);
    }

    public static TheoryData<string> Spellings =>
        ["\\u0068ttp://", "http:\\/\\u002f", "http:\\\\\\\\", "http:", "ht\\ttp://", "\\\\\\\\", "HTTP:///", " http://u:p@"];

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task SpellingThatNoRuleWritesAnew_IsRefused(string beginning)
    {
        index.Publish();
        var files = index.Hosts.Files.Url;
        await LeadingIndex.RepublishAsync(
            index.Hosts.Index,
            "/tainted",
            text => text.Replace(files, beginning + files["http://".Length..], StringComparison.Ordinal),
            "application/json");

        var install = await InstallAsync(index.Proxy);

        Assert.Empty(index.Proxy.AskedPastTheScanner);
        Assert.True(install.ExitCode != 0, install.Screen);
        Assert.Contains("409", install.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PackumentOfSixteenBits_IsRefused()
    {
        RegistryHosts.Publish(
            index.Hosts.Index, "/tainted", Encoding.Unicode.GetBytes($"{{\"dist\":{{\"tarball\":\"{index.Hosts.Files.Url}/a.tgz\"}}}}"));

        var install = await InstallAsync(index.Proxy);

        Assert.Contains("409", install.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TarballsOnAHostThatThePresetDoesNotKnow_AreRefusedAndSaid()
    {
        await using var hosts = await RegistryHosts.StartAsync();
        _ = new NpmRegistry(hosts);
        await using var unknowing = await LeadingIndex.StartAsync(
            clamd, hosts, ("PRESETS", "npm"), ("NPM_UPSTREAM", hosts.Index.Url));

        var install = await InstallAsync(unknowing);

        Assert.Empty(hosts.Files.Requests);
        Assert.True(install.ExitCode != 0, install.Screen);
        Assert.Contains("Links lead past the scanner", install.Screen, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", await unknowing.ReadinessAsync(), StringComparison.Ordinal);
        Assert.Contains("clamproxy_rewriting_foreign_answers_total", await unknowing.MetricsAsync(), StringComparison.Ordinal);
    }

    private static async Task<ClientRun> InstallAsync(LeadingIndex index)
    {
        using var machine = new ClientMachine();
        await machine.WriteAsync(".npmrc", $"registry=http://127.0.0.1:{index.Proxy.Port}/npm/\nfetch-retries=0\n");
        await machine.WriteAsync("package.json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["name"] = "app",
            ["version"] = "1.0.0",
            ["dependencies"] = new Dictionary<string, string> { [RegistryPackage.Tainted.Name] = RegistryPackage.Version },
        }));
        return await machine.RunAsync("npm", "install", "--no-fund", "--no-audit", "--no-update-notifier");
    }
}
