using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What an upstream may send that no file server should.</summary>
public sealed class OddUpstreamTests
{
    [Theory]
    [InlineData("ETag: \r\nLast-Modified: \t\r\n")]
    [InlineData("ETag: \"\u00c3\u0089\"\r\n")]
    [InlineData("X-Odd: a\tb\r\nContent-Type: text/plain\r\nContent-Type: text/html\r\n")]
    public async Task OddFields_DoNotStandInTheWay(string fields)
    {
        await using var world = await ProxyWorld.StartAsync();

        var reply = await AskAsync(world, $"HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\nConnection: close\r\n\r\nok");

        Assert.Equal((200, 2), (reply.Status, reply.Body.Length));
    }

    [Theory]
    [InlineData(204, 0)]
    [InlineData(205, 0)]
    [InlineData(299, 2)]
    [InlineData(599, 2)]
    [InlineData(600, 2)]
    [InlineData(999, 2)]
    public async Task OddStatus_IsPassedOnWithItsFraming(int status, int length)
    {
        await using var world = await ProxyWorld.StartAsync();

        var reply = await AskAsync(
            world,
            $"HTTP/1.1 {status} Odd\r\nContent-Length: {(status == 204 ? 0 : 2)}\r\nConnection: "
                + $"close\r\n\r\n{(status == 204 ? "" : "ok")}");
        var next = await AskAsync(world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");

        Assert.Equal((status, length), (reply.Status, reply.Body.Length));
        Assert.Equal(200, next.Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 205 Reset\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")]
    public async Task HeadOfAnEmptyStatusWithALength_IsNoMistakeOfOurs(string answer)
    {
        await using var world = await ProxyWorld.StartAsync();

        Assert.NotEqual(500, (await AskAsync(world, answer, HttpMethod.Head)).Status);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(305)]
    [InlineData(306)]
    [InlineData(399)]
    public async Task RedirectOfAnUnusualKind_IsFollowedHereAndNeverShownToTheClient(int status)
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.Redirect("/old", "/new", status).On("/new", "new"u8.ToArray());

        var reply = await world.GetAsync("/old");

        Assert.Equal((200, null), (reply.Status, reply["Location"]));
        Assert.Equal("new"u8.ToArray(), reply.Body);
    }

    private static async Task<Reply> AskAsync(ProxyWorld world, string answer, HttpMethod? method = null)
    {
        await using var origin = RawOrigin.Saying(answer);
        using var request = world.Request("/x", cacheScan: true, method);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", origin.Url);
        return await world.SendAsync(request);
    }
}
