using System.Net;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>The servers of nginx/templates/*.server.template, in the real nginx.</summary>
public sealed class EcosystemTemplateTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("NPM", "/left-pad", "npm", "False")]
    [InlineData("NPM", "/@scope%2fname", "npm", "False")]
    [InlineData("NPM", "/left-pad/-/left-pad-1.3.0.tgz", "npm-files", "True")]
    [InlineData("NUGET", "/v3/index.json", "nuget", "False")]
    [InlineData("NUGET", "/v3-flatcontainer/polly/index.json", "nuget", "False")]
    [InlineData("NUGET", "/v3-flatcontainer/polly/8.0.0/polly.8.0.0.nupkg", "nuget-files", "True")]
    [InlineData("MAVEN", "/maven2/a/b/maven-metadata.xml.sha1", "maven", "False")]
    [InlineData("MAVEN", "/maven2/a/b/1.0/b-1.0.jar", "maven", "True")]
    [InlineData("MAVEN", "/maven2/a/b/1.0/b-1.0.pom.asc.sha512", "maven", "True")]
    [InlineData("MAVEN", "/maven2/a/b/1.0-SNAPSHOT/b-1.0-SNAPSHOT.jar", "maven", "False")]
    [InlineData("DEBIAN", "/debian/dists/stable/InRelease", "debian", "False")]
    [InlineData("DEBIAN", "/debian/dists/stable/main/binary-amd64/by-hash/SHA256/00", "debian", "True")]
    [InlineData("DEBIAN", "/debian/pool/main/h/hello/hello_2.10-3_amd64.deb", "debian", "True")]
    [InlineData("CARGO", "/config.json", "cargo", "False")]
    [InlineData("CARGO", "/do/wn/download", "cargo", "False")]
    [InlineData("CARGO", "/crates/serde/1.0.0/download", "cargo-files", "True")]
    [InlineData("CARGO", "/crates/serde/serde-1.0.0.crate", "cargo-files", "True")]
    [InlineData("GO", "/rsc.io/quote/@v/list", "go", "False")]
    [InlineData("GO", "/rsc.io/quote/@latest", "go", "False")]
    [InlineData("GO", "/rsc.io/quote/@v/master.info", "go", "False")]
    [InlineData("GO", "/rsc.io/quote/@v/v1.5.2.zip", "go", "True")]
    [InlineData("GENERIC", "/a%2Fb/%2B?x=%20", "generic", "False")]
    public async Task Request_LeadsToTheHostThatHasItAndSaysWhetherItMayChange(string server, string path, string host, string cacheScan)
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        await client.GetStringAsync(Exact(nginx.Address($"{server}_PORT"), path), Cancelled);
        var (_, target, headers) = Assert.Single(proxy.Requests);
        Assert.Equal((path, $"https://{host}.example", cacheScan), (target, $"{headers["Download-From"]}", $"{headers["Cache-Scan"]}"));
        Assert.Equal("127.0.0.1", headers["X-Real-IP"]);
    }

    [Theory]
    [InlineData(
        "NPM",
        "/a",
        "application/json",
        """{"tarball":"https://npm-files.example/a/-/a-1.tgz","home":"https://npm.example/a"}""",
        """{"tarball":"{base}/a/-/a-1.tgz","home":"https://npm.example/a"}""")]
    [InlineData("NPM", "/a", "application/vnd.npm.install-v1+json", "\"https://npm-files.example/a/-/a-1.tgz\"", "\"{base}/a/-/a-1.tgz\"")]
    [InlineData(
        "NUGET",
        "/v3/index.json",
        "application/json",
        """{"@id":"https://nuget.example/v3-flatcontainer/","other":"https://nuget-files.example/x"}""",
        """{"@id":"{base}/v3-flatcontainer/","other":"{base}/x"}""")]
    [InlineData("CARGO", "/config.json", "text/plain", """{"dl":"https://cargo-files.example/crates"}""", """{"dl":"{base}/crates"}""")]
    public async Task LinksOfAnIndex_LeadBackHere(string server, string path, string type, string sent, string got)
    {
        await using var proxy = await StandIn.StartAsync(Text(sent, type));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        client.DefaultRequestHeaders.Range = new(0, 9);
        var address = nginx.Address($"{server}_PORT");
        using var answer = await client.GetAsync(new Uri(address, path), Cancelled);
        Assert.Equal(
            got.Replace("{base}", address.ToString().TrimEnd('/'), StringComparison.Ordinal),
            await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.False(answer.Headers.Contains("Repr-Digest"));
        Assert.All(
            ["Accept-Encoding", "Range", "X-Sendfile-Type"], name => Assert.False(Assert.Single(proxy.Requests).Headers.ContainsKey(name)));
    }

    [Theory]
    [InlineData("NPM", "/a/-/a-1.tgz")]
    [InlineData("NPM", "/a")]
    [InlineData("NUGET", "/v3-flatcontainer/a/1/a.1.nupkg")]
    [InlineData("MAVEN", "/a/a-1.jar")]
    [InlineData("DEBIAN", "/pool/a.deb")]
    [InlineData("CARGO", "/crates/a/1.0.0/download")]
    [InlineData("GO", "/a/@v/v1.0.0.zip")]
    [InlineData("GENERIC", "/a")]
    public async Task Refusal_ReachesTheClientWithItsReason(string server, string path)
    {
        await using var proxy = await StandIn.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Infected Eicar";
            return context.Response.WriteAsync("what was found", context.RequestAborted);
        });
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(nginx.Address($"{server}_PORT"), path), Cancelled);
        Assert.Equal(
            (HttpStatusCode.Conflict, "Infected Eicar", "what was found"),
            (answer.StatusCode, answer.ReasonPhrase, await answer.Content.ReadAsStringAsync(Cancelled)));
    }

    [Theory]
    [InlineData("NPM", "/a/-/a-1.tgz", true)]
    [InlineData("NPM", "/a", false)]
    [InlineData("NUGET", "/a.1.nupkg", true)]
    [InlineData("NUGET", "/v3/index.json", false)]
    [InlineData("MAVEN", "/a-1.jar", true)]
    [InlineData("DEBIAN", "/pool/a.deb", true)]
    [InlineData("CARGO", "/a-1.crate", true)]
    [InlineData("CARGO", "/config.json", false)]
    [InlineData("GO", "/a/@v/v1.0.0.zip", true)]
    [InlineData("GENERIC", "/a", true)]
    public async Task StoredFile_IsSentByNginxUnlessItsLinksAreRewritten(string server, string path, bool byNginx)
    {
        using var store = new TempFolder();
        Directory.CreateDirectory(store.File("v1/contents"));
        await File.WriteAllTextAsync(store.File("v1/contents/one"), "from the store", Cancelled);
        await using var proxy = await StandIn.StartAsync(context =>
        {
            context.Response.Headers["X-Accel-Redirect"] = "/.clamproxy-store/one";
            return context.Response.WriteAsync("from the proxy", context.RequestAborted);
        });
        var environment = NginxProcess.Defaults(proxy.Address);
        environment["STORE_FOLDER"] = store.Path;
        await using var nginx = await NginxProcess.StartAsync(environment);
        using var client = new HttpClient();
        Assert.Equal(
            byNginx ? "from the store" : "from the proxy",
            await client.GetStringAsync(new Uri(nginx.Address($"{server}_PORT"), path), Cancelled));
        Assert.Equal(byNginx ? "X-Accel-Redirect" : "", $"{Assert.Single(proxy.Requests).Headers["X-Sendfile-Type"]}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task ServersThatAreNotSwitchedOn_DoNotKeepNginxFromStarting(string? value)
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        var environment = NginxProcess.Defaults(proxy.Address);
        foreach (var (name, _) in NginxProcess.Ecosystems())
        {
            environment.Remove(name);
            if (value is not null)
            {
                environment[name] = value;
            }
        }

        await using var nginx = await NginxProcess.StartAsync(environment);
        using var client = new HttpClient();
        Assert.Equal("ok", await client.GetStringAsync(nginx.Address("EXAMPLE_PORT"), Cancelled));
    }

    private static RequestDelegate Text(string text, string type = "text/plain") => context =>
    {
        context.Response.ContentType = type;
        context.Response.Headers["Repr-Digest"] = "sha-256=:AAAA:";
        return context.Response.WriteAsync(text, context.RequestAborted);
    };

    // HttpClient would tidy the path up.
    private static Uri Exact(Uri server, string target)
    {
        Assert.True(
            Uri.TryCreate(
                $"http://{server.Authority}{target}",
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true },
                out var uri));
        return uri;
    }
}
