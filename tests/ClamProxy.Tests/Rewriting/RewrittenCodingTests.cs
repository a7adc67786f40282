using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Rewriting;

/// <summary>A rewritten text is coded again for clients that take gzip, and kept so.</summary>
public sealed class RewrittenCodingTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ClientThatTakesGzip_GetsTheRewrittenTextInIt(string? coding)
    {
        await using var world = await WorldAsync(coding);

        var replies = new[] { await AskAsync(world, "gzip, deflate"), await AskAsync(world, "gzip, deflate") };
        var plain = await AskAsync(world, null);

        Assert.All(replies, reply =>
        {
            Assert.Equal((200, "gzip", "Accept-Encoding"), (reply.Status, reply["Content-Encoding"], reply["Vary"]));
            Assert.Equal(world.Rewritten, Encoding.UTF8.GetString(CodedBody.FromGzip(reply.Body)));
            Assert.Matches("^W/\"v1-links-[0-9a-f]+\"$", reply["ETag"]);
            Assert.Equal(reply.Body.Length.ToString(CultureInfo.InvariantCulture), reply["Content-Length"]);
            Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(reply.Body))}:", reply["Repr-Digest"]);
        });
        Assert.Equal(
            (200, null, world.Rewritten, "Accept-Encoding"),
            (plain.Status, plain["Content-Encoding"], Encoding.UTF8.GetString(plain.Body), plain["Vary"]));
        await world.Proxy.WaitForMetricAsync("clamproxy_rewriting_answers_total", 3);
        await world.Proxy.WaitForMetricAsync("clamproxy_rewriting_links_total", 3);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task CopyThatIsCurrent_IsNotSentAgain(string? accepted)
    {
        await using var world = await WorldAsync("gzip");
        var first = await AskAsync(world, accepted);

        var second = await AskAsync(world, accepted, ("If-None-Match", first["ETag"]!));

        Assert.Equal((304, "Accept-Encoding", first["ETag"]), (second.Status, second["Vary"], second["ETag"]));
    }

    [Fact]
    public async Task TextThatChanged_IsRewrittenAnew()
    {
        await using var world = await WorldAsync("gzip");
        await AskAsync(world, "gzip");
        world.On(
            "/a", CodedBody.Of("gzip", Encoding.UTF8.GetBytes(RewritingWorld.Index + "!")), "text/html", etag: "\"v2\"", coding: "gzip");

        Assert.Equal(world.Rewritten + "!", Encoding.UTF8.GetString(CodedBody.FromGzip((await AskAsync(world, "gzip")).Body)));
    }

    [Fact]
    public async Task NoMemoryForTexts_TheyAreSentWithoutACoding()
    {
        await using var world = await WorldAsync("gzip", "--ClamProxy:RewrittenTexts=0");

        var reply = await AskAsync(world, "gzip");

        Assert.Equal((null, world.Rewritten), (reply["Content-Encoding"], Encoding.UTF8.GetString(reply.Body)));
    }

    private static async Task<RewritingWorld> WorldAsync(string? coding, params string[] settings)
    {
        var index = Encoding.UTF8.GetBytes(RewritingWorld.Index);
        return (await RewritingWorld.StartAsync(["--ClamProxy:Routes:idx:Revalidate=true", .. settings])).On(
            "/a", coding is null ? index : CodedBody.Of(coding, index), "text/html", coding: coding);
    }

    private static Task<Reply> AskAsync(RewritingWorld world, string? accepted, params (string Name, string Value)[] headers) =>
        world.GetAsync("/a", accepted is null ? headers : [.. headers, ("Accept-Encoding", accepted)]);
}
