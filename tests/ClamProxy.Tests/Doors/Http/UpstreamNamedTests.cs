using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Whoever reads a failure's body learns which server failed, and which setting may help: nothing else knows.</summary>
public sealed class UpstreamNamedTests
{
    [Fact]
    public async Task UpstreamThatCannotBeReached_IsNamedWithoutTheQuery()
    {
        await using var world = await ProxyWorld.StartAsync();
        var port = FreePort.Next();

        var body = await BodyAsync(world, $"http://127.0.0.1:{port}", "/file?token=s3cret", 502);

        Assert.Contains($"127.0.0.1:{port}", body, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\nshort", 502)]
    [InlineData("no HTTP at all\r\n\r\n", 502)]
    public async Task UpstreamThatAnswersWrongly_IsNamed(string answer, int status)
    {
        await using var world = await ProxyWorld.StartAsync();
        await using var origin = RawOrigin.Saying(answer);

        Assert.Contains($"127.0.0.1:{origin.Port}", await BodyAsync(world, origin.Url, "/file", status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerWhereARedirectLed_IsTheOneThatIsNamed()
    {
        await using var world = await ProxyWorld.StartAsync(
            "--ClamProxy:Download:HeaderTimeout=5s", "--ClamProxy:Download:ConnectTimeout=5s");
        await using var silent = new RawOrigin(conversation => conversation.HangAsync());
        world.Origin.On("/before", "before"u8.ToArray()).Redirect("/file", $"{silent.Url}/there");

        // The time-out holds for the first server too: it is connected and has answered once, so that only the second can be late.
        Assert.Equal(200, (await world.GetAsync("/before")).Status);
        var body = await BodyAsync(world, world.Origin.Url, "/file", 504);

        Assert.Contains($"127.0.0.1:{silent.Port}", body, StringComparison.Ordinal);
        Assert.DoesNotContain($":{world.Origin.Port}.", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificateThatIsNotTrusted_NamesTheSettingThatTrustsIt()
    {
        using var certificate = new FakeOriginCertificate();
        await using var origin = await FakeOrigin.StartAsync(certificate.Server);
        await using var world = await ProxyWorld.StartAsync();

        var body = await BodyAsync(world, origin.Url, "/file", 502);

        Assert.Contains("ExtraRootCertificates", body, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{origin.Port}", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://unlisted.example", "it is not listed in ALLOWED_UPSTREAMS")]
    [InlineData("http://127.0.0.2", "it is not listed in ALLOWED_UPSTREAMS")]
    public async Task HostThatTheListDoesNotHave_IsNotToldToBePublic(string upstream, string text)
    {
        await using var world = await ProxyWorld.StartAsync();

        var body = await BodyAsync(world, upstream, "/file", 403);

        Assert.Contains(text, body, StringComparison.Ordinal);
        Assert.DoesNotContain("public", body, StringComparison.Ordinal);
    }

    private static async Task<string> BodyAsync(ProxyWorld world, string upstream, string path, int status)
    {
        using var request = world.Request(path);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", upstream);
        var reply = await world.SendAsync(request);
        Assert.True(reply.Status == status, $"{reply.Status} {reply.Problem("detail")}");
        return reply.Problem("detail")!;
    }
}
