using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What may be delivered may be kept, whatever its head; what is not kept is told.</summary>
public sealed class KeptAnswerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeLoggerProvider _log = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("attachment; filename=\"日本.whl\"")]
    [InlineData("a – b")]
    [InlineData("é")]
    public async Task HeadWithBytesOutsideAscii_IsKeptAsItCame(string text)
    {
        var value = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
        await using var origin = RawOrigin.Saying($"HTTP/1.1 200 OK\r\nX-Name: {value}\r\nContent-Length: 4\r\n\r\nfile");
        await using var world = await WorldAsync();

        var replies = new[] { await AskAsync(world, origin.Url), await AskAsync(world, origin.Url) };

        Assert.Equal(
            ["ClamProxy; fwd=uri-miss; fwd-status=200", "ClamProxy; hit; detail=store"], replies.Select(reply => reply["Cache-Status"]));
        Assert.All(replies, reply => Assert.Equal(value, reply["X-Name"]));
    }

    [Fact]
    public async Task HeadOfThirtyKilobytes_IsKept()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/file", context =>
        {
            for (var line = 0; line < 10; line++)
            {
                context.Response.Headers[$"X-Long-{line}"] = new string('"', 3000);
            }

            return context.Response.WriteAsync("file");
        });

        await world.GetAsync("/file", cacheScan: true);
        var second = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(("ClamProxy; hit; detail=store", 3000), (second["Cache-Status"], second["X-Long-9"]!.Length));
    }

    [Theory]
    [InlineData("Set-Cookie", "session=1", "set-cookie")]
    [InlineData("Cache-Control", "private", "private")]
    [InlineData("Vary", "*", "vary")]
    [InlineData("Content-Encoding", "gzip", "content-coding")]
    public async Task AnswerThatIsNotKept_SaysWhyInCacheStatusAndOnceInTheLog(string name, string value, string detail)
    {
        await using var world = await WorldAsync();
        world.Origin.Otherwise = async context =>
        {
            context.Response.Headers[name] = value;
            await FakeOrigin.SendAsync(context, [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        };

        var first = await world.GetAsync("/file", cacheScan: true);
        await world.GetAsync("/other", cacheScan: true);

        Assert.Equal($"ClamProxy; fwd=uri-miss; fwd-status=200; detail={detail}", first["Cache-Status"]);
        var lines = _log.Collector.GetSnapshot().Where(line => line.Id.Id == 5011).ToList();
        Assert.Equal([LogLevel.Information, LogLevel.Debug], lines.Select(line => line.Level));
        Assert.StartsWith($"{world.Origin.Url}/file is not stored: ", lines[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("__cf_bm=abc; path=/; Secure")]
    [InlineData("AWSALBCORS=abc; Path=/")]
    [InlineData("own=1", "--ClamProxy:Gate:NetworkCookies=ow*")]
    public async Task CookieOfTheNetworkOnAnImmutableFile_IsNeitherPassedOnNorAReasonToKeepNothing(string cookie, params string[] settings)
    {
        await using var world = await WorldAsync(settings);
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.SetCookie = cookie;
            return FakeOrigin.SendAsync(context, "file"u8.ToArray());
        });

        var first = await world.GetAsync("/r/file");
        var second = await world.GetAsync("/r/file");
        using var head = new HttpRequestMessage(HttpMethod.Head, new Uri("/r/file?new", UriKind.Relative));

        Assert.Equal(("ClamProxy; hit; detail=store", null, null), (second["Cache-Status"], first["Set-Cookie"], second["Set-Cookie"]));
        Assert.Null((await world.SendAsync(head))["Set-Cookie"]);
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task CookieOfTheNetworkOnWhatMayChange_IsPassedOnAndKeepsItFromTheStore()
    {
        await using var world = await WorldAsync("--ClamProxy:Routes:r:CacheScan=false", "--ClamProxy:Routes:r:Revalidate=true");
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.SetCookie = "__cf_bm=abc";
            context.Response.Headers.ETag = "\"1\"";
            return context.Response.WriteAsync("file");
        });

        var first = await world.GetAsync("/r/file");
        var second = await world.GetAsync("/r/file");

        Assert.EndsWith("__cf_bm=abc; Path=/r", second["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal("ClamProxy; fwd=uri-miss; fwd-status=200; detail=set-cookie", first["Cache-Status"]);
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task OtherCookieBesideOneOfTheNetwork_KeepsTheFileFromTheStore()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.SetCookie = new(["__cf_bm=abc", "session=1"]);
            return context.Response.WriteAsync("file");
        });

        await world.GetAsync("/r/file");
        var second = await world.GetAsync("/r/file");

        Assert.DoesNotContain("__cf_bm", second["Set-Cookie"], StringComparison.Ordinal);
        Assert.Contains("session=1", second["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    private static async Task<Reply> AskAsync(ProxyWorld world, string upstream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/file", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Download-From", upstream);
        request.Headers.TryAddWithoutValidation("Cache-Scan", "True");
        return await world.SendAsync(request);
    }

    private async Task<ProxyWorld> WorldAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(origin =>
        [
            $"--STORE_PATH={_folder.File("store")}", "--LOG_LEVEL=Debug", "--ClamProxy:Routes:r:Path=/r",
            $"--ClamProxy:Routes:r:Upstream={origin.Url}", "--ClamProxy:Routes:r:CacheScan=true", .. settings,
        ]);
        world.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
        return world;
    }
}
