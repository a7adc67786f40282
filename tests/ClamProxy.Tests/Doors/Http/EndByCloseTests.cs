using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// Bodies without a length that end with their connection (RFC 9112 §6.3): a whole one cannot be told from one that was cut off.
/// </summary>
public sealed class EndByCloseTests : IDisposable
{
    private const string Modern = "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"v1\"\r\n\r\n";
    private const string Old = "HTTP/1.0 200 OK\r\nETag: \"v1\"\r\n\r\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Modern)]
    [InlineData(Old)]
    public async Task BodyThatEndsWithItsConnection_IsScannedAndDeliveredButNotKept(string head)
    {
        await using var world = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.Path}");
        await using var origin = RawOrigin.Saying(head + "whole or not");

        var first = await AskAsync(world, origin);
        var second = await AskAsync(world, origin);

        Assert.All(
            [first, second],
            reply =>
                Assert.Equal((200, "whole or not", "clean"), (reply.Status, Encoding.UTF8.GetString(reply.Body), reply["Scan-Verdict"])));
        Assert.Equal("ClamProxy; fwd=uri-miss; fwd-status=200; detail=end-by-close", first["Cache-Status"]);
        Assert.Equal("ClamProxy; hit; detail=content-verdict", second["Cache-Status"]);
        Assert.Equal((2, 1), (origin.Requests.Count, world.Clamd.Contents.Count));
    }

    [Theory]
    [InlineData(Modern)]
    [InlineData(Old)]
    public async Task CutBodyWithoutALength_IsNotGivenToTheNextClient(string head)
    {
        await using var world = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.Path}");
        var said = head + "a fi";
        await using var origin = new RawOrigin(conversation => conversation.SayAsync(said));
        await AskAsync(world, origin);

        said = head + "a file";

        Assert.Equal("a file", Encoding.UTF8.GetString((await AskAsync(world, origin)).Body));
    }

    [Fact]
    public async Task InfectedBodyThatEndsWithItsConnection_IsRefusedAndUpstreamAskedAgain()
    {
        await using var world = await ProxyWorld.StartAsync();
        var said = Modern + Encoding.ASCII.GetString(Eicar.Bytes);
        await using var origin = new RawOrigin(conversation => conversation.SayAsync(said));
        Assert.Equal(409, (await AskAsync(world, origin)).Status);

        Assert.Equal(409, (await AskAsync(world, origin)).Status);
        said = Modern + "mended";

        Assert.Equal("mended", Encoding.UTF8.GetString((await AskAsync(world, origin)).Body));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nbody\r\n0\r\n\r\n")]
    public async Task BodyThatSaysWhereItEnds_IsKept(string answer)
    {
        await using var world = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.Path}");
        await using var origin = RawOrigin.Saying(answer);

        var first = await AskAsync(world, origin);
        var second = await AskAsync(world, origin);

        Assert.Equal("ClamProxy; fwd=uri-miss; fwd-status=200", first["Cache-Status"]);
        Assert.Equal("ClamProxy; hit; detail=store", second["Cache-Status"]);
    }

    [Theory]
    [InlineData(Modern, true)]
    [InlineData(Old, true)]
    [InlineData("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n", false)]
    public async Task AnswerThatMayBeCut_LeavesTheStoredOneWhereItIs(string head, bool isStillThere)
    {
        var said = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: \"v0\"\r\nConnection: close\r\n\r\na file";
        await using var origin = new RawOrigin(conversation => conversation.SayAsync(said));
        await using var world = await ProxyWorld.StartAsync(
            $"--STORE_PATH={_folder.Path}", "--ClamProxy:Download:Retries=0", "--ClamProxy:Routes:index:Path=/index",
            $"--ClamProxy:Routes:index:Upstream={origin.Url}",
            "--ClamProxy:Routes:index:Revalidate=true");
        Assert.Equal("a file", Encoding.UTF8.GetString((await AskRouteAsync(world)).Body));

        said = head + "a fi";
        Assert.Equal("a fi", Encoding.UTF8.GetString((await AskRouteAsync(world)).Body));
        said = "";
        var reply = await AskRouteAsync(world);

        Assert.Equal(isStillThere ? 200 : 502, reply.Status);
        Assert.Equal(isStillThere, Encoding.UTF8.GetString(reply.Body) == "a file");
    }

    private static async Task<Reply> AskRouteAsync(ProxyWorld world)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/index");
        return await world.SendAsync(request);
    }

    private static async Task<Reply> AskAsync(ProxyWorld world, RawOrigin origin)
    {
        using var request = world.Request("/x", cacheScan: true);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", origin.Url);
        return await world.SendAsync(request);
    }
}
