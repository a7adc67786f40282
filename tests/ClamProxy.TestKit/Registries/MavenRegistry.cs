using Microsoft.AspNetCore.Http;

namespace ClamProxy.TestKit.Registries;

/// <summary>A Maven repository (one host: its layout names no other), with the plugins that Debian has.</summary>
public sealed class MavenRegistry
{
    public const string Group = "org.example";

    private const string Debian = "/usr/share/maven-repo";

    public MavenRegistry(RegistryHosts hosts)
    {
        foreach (var package in RegistryPackage.All)
        {
            Publish(hosts, package);
        }

        hosts.Index.Otherwise = AnswerFromDebianAsync;
    }

    private static void Publish(RegistryHosts hosts, RegistryPackage package)
    {
        const string Version = RegistryPackage.Version;
        var needs = string.Concat(package.Needs.Select(need =>
            $"<dependency><groupId>{Group}</groupId><artifactId>{need}</artifactId><version>{Version}</version></dependency>"));
        var pom =
            $"""
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion><groupId>{Group}</groupId><artifactId>{package.Name}</artifactId><version>{Version}</version>
              <dependencies>{needs}</dependencies>
            </project>
            """;
        var jar = Archive.Zip(
            package.Files("", ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n"), ("words.txt", RegistryPackage.Words)));
        var path = $"/org/example/{package.Name}/{Version}/{package.Name}-{Version}";
        PublishWithHash(hosts, $"{path}.pom", System.Text.Encoding.UTF8.GetBytes(pom));
        PublishWithHash(hosts, $"{path}.jar", jar);
    }

    private static void PublishWithHash(RegistryHosts hosts, string path, byte[] content)
    {
        RegistryHosts.Publish(hosts.Index, path, content);
        RegistryHosts.Publish(hosts.Index, $"{path}.sha1", new PublishedFile("", content).Sha1, "text/plain");
    }

    // Debian's repository has no hashes of its own.
    private static async Task AnswerFromDebianAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var isHash = path.EndsWith(".sha1", StringComparison.Ordinal);
        var file = Debian + (isHash ? path[..^".sha1".Length] : path);
        if (!File.Exists(file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var content = await File.ReadAllBytesAsync(file, context.RequestAborted);
        if (isHash)
        {
            content = System.Text.Encoding.ASCII.GetBytes(new PublishedFile("", content).Sha1);
        }

        await RegistryHosts.AnswerAsync(context, content, isHash ? "text/plain" : "application/octet-stream");
    }
}
