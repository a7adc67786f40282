using ClamProxy.Process.Tests.Clients;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Links;

/// <summary>Real aria2, which fetches from every mirror that an answer names (RFC 6249, RFC 5854).</summary>
[Collection<LinkTurns>]
public sealed class Aria2Tests(ClientClamd clamd)
{
    private const string Path = "/releases/big.bin";

    private static readonly byte[] Content = RandomBody.Of(4 << 20);

    [Theory]
    [InlineData("<{0}>; rel=duplicate; pri=1")]
    [InlineData("</other>; rel=next, <{0}>; rel=\"next duplicate\"; pri=1")]
    [InlineData("<{0}>;rel=duplicate;pref")]
    public async Task MirrorsOfALinkField_AreNotAsked(string link)
    {
        await using var hosts = await RegistryHosts.StartAsync();
        RegistryHosts.Publish(hosts.Files, Path, Content);
        hosts.Index.On(Path, context =>
        {
            context.Response.Headers.Link = link.Replace("{0}", Mirror(hosts), StringComparison.Ordinal);
            return RegistryHosts.AnswerAsync(context, Content, "application/octet-stream");
        });
        await using var index = await StartAsync(hosts);
        using var machine = new ClientMachine();

        var fetch = await FetchAsync(machine, index, Path);

        Assert.True(fetch.ExitCode == 0, fetch.Screen);
        Assert.Equal(Content, await File.ReadAllBytesAsync(machine.File("big.bin")));
        Assert.Empty(hosts.Files.Requests);
    }

    [Theory]
    [InlineData("/releases/big.meta4", "application/octet-stream")]
    [InlineData("/releases/big", "application/metalink4+xml")]
    [InlineData("/releases/big", "application/metalink+xml")]
    public async Task Metalink_IsRefused(string path, string type)
    {
        await using var hosts = await RegistryHosts.StartAsync();
        RegistryHosts.Publish(hosts.Files, Path, Content);
        RegistryHosts.Publish(
            hosts.Index, path,
            $"""<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="big.bin"><url>{hosts.Files.Url}{Path}</url></file></metalink>""",
            type);
        await using var index = await StartAsync(hosts);
        using var machine = new ClientMachine();

        var fetch = await FetchAsync(machine, index, path);

        Assert.Empty(hosts.Files.Requests);
        Assert.True(fetch.ExitCode != 0, fetch.Screen);
        Assert.Contains("409", fetch.Screen, StringComparison.Ordinal);
    }

    /// <summary>By another name than the proxy's: aria2 opens as many connections to each name as it was told.</summary>
    private static string Mirror(RegistryHosts hosts) => $"http://localhost:{hosts.Files.Port}{Path}";

    private Task<LeadingIndex> StartAsync(RegistryHosts hosts) =>
        LeadingIndex.StartAsync(clamd, hosts, ("PRESETS", "generic"), ("GENERIC_UPSTREAM", hosts.Index.Url));

    private static Task<ClientRun> FetchAsync(ClientMachine machine, LeadingIndex index, string path) => machine.RunAsync(
        "aria2c", "--no-conf", "--split=8", "--min-split-size=1M", "--max-connection-per-server=1", "--max-tries=1",
        "--metalink-preferred-protocol=http", "--summary-interval=0", "--console-log-level=notice",
        $"http://127.0.0.1:{index.Proxy.Port}/generic{path}");
}
