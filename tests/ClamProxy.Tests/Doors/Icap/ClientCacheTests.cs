using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>A client that caches asks before it answers from its cache: what was scanned with older signatures it fetches again.</summary>
public sealed class ClientCacheTests
{
    private const string Url = "http://example.org/file";
    private const string Head = $"GET {Url} HTTP/1.1\r\nHost: example.org\r\nCache-Control: max-age=9\r\n\r\n";

    [Fact]
    public async Task NewerSignatures_RequestIsSentPastCachesUntilItsAnswerIsScanned()
    {
        await using var world = await StartAsync();
        Assert.Equal(204, (await AskAsync(world))!.Status);
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello"));
        Assert.Equal(204, (await AskAsync(world))!.Status);

        await RenewAsync(world);

        foreach (var fields in new[] { "Allow: 204\r\n", "Preview: 0\r\n", "" })
        {
            var answer = await AskAsync(world, fields);
            Assert.Equal(200, answer!.Status);
            Assert.Equal(Head.Replace("\r\nHost", "\r\nCache-Control: no-cache\r\nHost", StringComparison.Ordinal), answer.HttpHead);
            Assert.Equal($"req-hdr=0, null-body={answer.HttpHead.Length}", answer["Encapsulated"]);
        }

        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello"));
        Assert.Equal(204, (await AskAsync(world))!.Status);
    }

    [Fact]
    public async Task NewerSignaturesFindIt_RequestIsRefused()
    {
        await using var world = await StartAsync();
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello"));
        await RenewAsync(world);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Late FOUND\0");
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello"));

        Assert.StartsWith("HTTP/1.1 403 ", (await AskAsync(world))!.HttpStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UrlsUnknownBySetting_PassAsTheyAre()
    {
        await using var world = await StartAsync("--ClamProxy:Messages:KnowsUrls=false");
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello"));
        await RenewAsync(world);

        Assert.Equal(204, (await AskAsync(world))!.Status);
    }

    /// <summary>Its answer is not asked of a cache any more.</summary>
    [Fact]
    public async Task AnswerWithoutABody_PassesAsItIs()
    {
        await using var world = await StartAsync();
        await IcapWire.AskAsync(world, IcapWire.Respmod(Url, "hello"));
        await RenewAsync(world);
        const string Answer = "HTTP/1.1 304 Not Modified\r\n\r\n";

        var answer = await IcapWire.AskAsync(world, "RESPMOD icap://h/respmod ICAP/1.0\r\nHost: h\r\nAllow: 204\r\n"
            + $"Encapsulated: req-hdr=0, res-hdr={Head.Length}, null-body={Head.Length + Answer.Length}\r\n\r\n{Head}{Answer}");

        Assert.Equal(204, answer!.Status);
    }

    private static Task<IcapAnswer?> AskAsync(ProxyWorld world, string fields = "Allow: 204\r\n") => IcapWire.AskAsync(
        world, $"REQMOD icap://h/reqmod ICAP/1.0\r\nHost: h\r\n{fields}Encapsulated: req-hdr=0, null-body={Head.Length}\r\n\r\n{Head}");

    private static async Task RenewAsync(ProxyWorld world)
    {
        world.Clamd.VersionReply = FakeClamd.VersionOf(28_000, TimeProvider.System.GetUtcNow());
        await world.WaitForDatabaseAsync(28_000);
    }

    private static Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(["--DOORS=proxy,icap", .. settings]);
}
