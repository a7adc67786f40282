using System.IO.Compression;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>mvn with strict checksums: its plugins and what they need come the same way as the project's own dependencies.</summary>
public sealed class MavenTests(ClientClamd clamd) : PackageClientConformance(clamd)
{
    // Debian's, which MavenRegistry serves.
    private const string PluginVersion = "3.3.0";

    protected override string Preset => "maven";

    protected override bool HasFilesHost => false;

    protected override Task PublishAsync(RegistryHosts hosts)
    {
        _ = new MavenRegistry(hosts);
        return Task.CompletedTask;
    }

    protected override async Task<ClientRun> InstallAsync(ClientMachine machine, RegistryBase registry, RegistryPackage package)
    {
        await machine.WriteAsync(
            "settings.xml",
            $"<settings><mirrors><mirror><id>clamproxy</id><mirrorOf>*</mirrorOf><url>{registry.Url}/</url></mirror></mirrors></settings>");
        await machine.WriteAsync("pom.xml", $"""
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion><groupId>{MavenRegistry.Group}</groupId><artifactId>app</artifactId><version>1</version>
              <properties><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
              <dependencies>
                <dependency><groupId>{MavenRegistry.Group}</groupId><artifactId>{package.Name}</artifactId><version>{RegistryPackage.Version}</version></dependency>
              </dependencies>
              <build><plugins>
                <plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-jar-plugin</artifactId><version>{PluginVersion}</version></plugin>
              </plugins></build>
            </project>
            """);
        Directory.CreateDirectory(Path.Combine(machine.Home, "tmp"));
        // Java asks the system, not HOME, where the home is.
        var options = $"-Duser.home={machine.Home} -Djava.io.tmpdir={machine.Home}/tmp -XX:-UsePerfData -XX:TieredStopAtLevel=1";
        return await machine.RunAsync(
            "mvn",
            ["-B", "-ntp", "--strict-checksums", "-s", "settings.xml", $"-Dmaven.repo.local={machine.File("repo")}", "jar:jar"],
            new Dictionary<string, string> { ["MAVEN_OPTS"] = options, ["MAVEN_SKIP_RC"] = "1" });
    }

    protected override async Task<ClientRun> UseAsync(ClientMachine machine)
    {
        await using var jar = await ZipFile.OpenReadAsync(JarOf(machine, RegistryPackage.Wording));
        using var words = new StreamReader(await jar.GetEntry("words.txt")!.OpenAsync());
        return new(0, await words.ReadToEndAsync());
    }

    protected override bool IsInstalled(ClientMachine machine, RegistryPackage package) => File.Exists(JarOf(machine, package));

    private static string JarOf(ClientMachine machine, RegistryPackage package) =>
        machine.File($"repo/org/example/{package.Name}/{RegistryPackage.Version}/{package.Name}-{RegistryPackage.Version}.jar");
}
