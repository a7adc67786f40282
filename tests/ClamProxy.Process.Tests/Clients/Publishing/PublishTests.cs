using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients.Publishing;

/// <summary>
/// What the clients themselves publish: clean, it reaches the registry as they made it; infected, the registry sees nothing of it, and the
/// client says why.
/// </summary>
[Collection<ClientTurns>]
public sealed class PublishTests(PublishStage stage) : IClassFixture<PublishStage>, IDisposable
{
    private const string Name = "greeter";

    private readonly ClientMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task NpmPublish_SendsCleanPackagesOnly()
    {
        var url = stage.UrlOf("npm");
        await _machine.WriteAsync(".npmrc", $"registry={url}/\n{url["http:".Length..]}/:_authToken=t\n");
        await _machine.WriteAsync("package.json", $$"""{"name":"@words/{{Name}}","version":"1.0.0"}""");

        await PublishAsync(
            "PUT /@words%2fgreeter", "PUT /@words/greeter", () => _machine.RunAsync("npm", "publish", "--no-update-notifier"));
    }

    [Fact]
    public async Task NpmAudit_IsAnswered()
    {
        await _machine.WriteAsync(".npmrc", $"registry={stage.UrlOf("npm")}/\n");
        await _machine.WriteAsync(
            "package.json", """{"name":"app","version":"1.0.0","dependencies":{"greeter":"1.0.0"}}""");
        await _machine.WriteAsync("package-lock.json", """
            {"name":"app","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"app","version":"1.0.0",
            "dependencies":{"greeter":"1.0.0"}},"node_modules/greeter":{"version":"1.0.0"}}}
            """);

        var run = await _machine.RunAsync("npm", "audit", "--package-lock-only", "--no-update-notifier");

        Assert.True(run.ExitCode == 0, run.Screen);
        Assert.Contains("found 0 vulnerabilities", run.Screen);
        Assert.Contains("POST /-/npm/v1/security/advisories/bulk", stage.Received.Keys);
    }

    [Fact]
    public Task FormOfTwine_SendsCleanPackagesOnly() => PublishAsync("POST /legacy/", null, () => _machine.RunAsync(
        "curl", "-sS", "--fail-with-body", "-H", "Accept: text/plain",
        "-F", ":action=file_upload", "-F", "protocol_version=1", "-F", $"name={Name}", "-F",
        $"content=@{_machine.File("data.bin")};type=application/octet-stream;filename=greeter-1.0.0.tar.gz",
        $"{stage.UrlOf("pypi")}/legacy/"));

    [Fact]
    public async Task NuGetPush_SendsCleanPackagesOnly()
    {
        await _machine.WriteAsync("NuGet.Config", $"""
            <configuration><packageSources><clear />
              <add key="clamproxy" value="{stage.UrlOf("nuget")}/v3/index.json" protocolVersion="3" allowInsecureConnections="true" />
            </packageSources></configuration>
            """);
        foreach (var package in new[] { RegistryPackage.Wording, RegistryPackage.Tainted })
        {
            await File.WriteAllBytesAsync(_machine.File($"{package.Name}.nupkg"), stage.NuGet[package.Name].Bytes, Cancelled);
        }

        var (clean, infected) = (await PushAsync("wording"), await PushAsync("tainted"));

        Assert.True(clean.ExitCode == 0, $"{clean.Screen}\n{stage.Log}");
        Assert.True(Contains("PUT /api/v2/package/", stage.NuGet["wording"].Bytes), stage.Log);
        Assert.True(infected.ExitCode != 0, infected.Screen);
        Assert.Contains("Eicar-Test-Signature", infected.Screen);
        Assert.True(Contains("PUT /api/v2/package/", stage.NuGet["wording"].Bytes), stage.Log);

        Task<ClientRun> PushAsync(string package) => _machine.RunAsync(
            "dotnet",
            ["nuget", "push", $"{package}.nupkg", "--source", "clamproxy", "--api-key", "k"],
            new Dictionary<string, string> { ["DOTNET_CLI_HOME"] = _machine.Home, ["DOTNET_NOLOGO"] = "1" });
    }

    [Fact]
    public async Task MavenDeploy_SendsCleanFilesOnly()
    {
        await _machine.WriteAsync(
            "settings.xml",
            "<settings><mirrors><mirror><id>clamproxy</id><mirrorOf>*</mirrorOf>"
                + $"<url>{stage.UrlOf("maven")}/</url></mirror></mirrors></settings>");
        Directory.CreateDirectory(Path.Combine(_machine.Home, "tmp"));
        var options = $"-Duser.home={_machine.Home} -Djava.io.tmpdir={_machine.Home}/tmp -XX:-UsePerfData -XX:TieredStopAtLevel=1";

        await PublishAsync("PUT /org/example/greeter/1.0/greeter-1.0.bin", null, () => _machine.RunAsync(
            "mvn",
            [
                "-B", "-ntp", "-s", "settings.xml", $"-Dmaven.repo.local={_machine.File("repo")}",
                "org.apache.maven.plugins:maven-deploy-plugin:3.0.0:deploy-file", "-Dfile=data.bin", "-Dpackaging=bin",
                "-DgroupId=org.example", $"-DartifactId={Name}", "-Dversion=1.0", "-DrepositoryId=clamproxy",
                $"-Durl={stage.UrlOf("maven")}/",
            ],
            new Dictionary<string, string> { ["MAVEN_OPTS"] = options, ["MAVEN_SKIP_RC"] = "1" }));
    }

    [Fact]
    public async Task CargoPublish_SendsCleanCratesOnly()
    {
        await _machine.WriteAsync(".cargo/config.toml", $"""
            [registries.clamproxy]
            index = "sparse+{stage.UrlOf("cargo")}/"
            [net]
            retry = 0
            """);
        await _machine.WriteAsync("Cargo.toml", $"""
            [package]
            name = "{Name}"
            version = "1.0.0"
            edition = "2018"
            license = "MIT"
            description = "test"
            """);
        await _machine.WriteAsync("src/lib.rs", "");
        var environment = new Dictionary<string, string>
        {
            ["CARGO_HOME"] = Path.Combine(_machine.Home, ".cargo"),
            ["CARGO_REGISTRIES_CLAMPROXY_TOKEN"] = "t",
        };
        var toolchains = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".rustup");
        if (Directory.Exists(toolchains))
        {
            environment["RUSTUP_HOME"] = toolchains;
        }

        await PublishAsync("PUT /api/v1/crates/new", null, () => _machine.RunAsync(
            "cargo", ["publish", "--registry", "clamproxy", "--no-verify", "--allow-dirty"], environment));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Publishes twice: an infected package, of which the registry may see nothing, and then a clean one.</summary>
    private async Task PublishAsync(string request, string? other, Func<Task<ClientRun>> publish)
    {
        await File.WriteAllBytesAsync(_machine.File("data.bin"), Eicar.Bytes, Cancelled);
        var infected = await publish();
        Assert.True(infected.ExitCode != 0, infected.Screen);
        Assert.True(infected.Screen.Contains("Eicar-Test-Signature", StringComparison.Ordinal), $"{infected.Screen}\n{stage.Log}");
        Assert.DoesNotContain(stage.Received.Keys, key => key == request || key == other);

        await File.WriteAllTextAsync(_machine.File("data.bin"), RegistryPackage.Words, Cancelled);
        var clean = await publish();
        Assert.True(clean.ExitCode == 0, $"{clean.Screen}\n{stage.Log}");
        Assert.Contains(stage.Received.Keys, key => key == request || key == other);
    }

    private bool Contains(string request, byte[] file) =>
        stage.Received.TryGetValue(request, out var body) && body.AsSpan().IndexOf(file) >= 0;
}
