using ClamProxy.TestKit;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Over HTTP/2 many downloads share a connection: what one request does to it is not the others' end.</summary>
public sealed class SharedConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Content = RandomBody.Of(600_000);

    private readonly FakeOriginCertificate _certificate = new();

    public ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/in-its-body")]
    [InlineData("/before-its-head")]
    public async Task SharedConnectionBreaksOff_DownloadGoesOnOnOneOfItsOwn(string path)
    {
        await using var origin = await FakeOrigin.StartAsync(_certificate.Server);
        await using var world = await StartAsync("--ClamProxy:Gate:DownloadAttempts=1");
        var under = new TaskCompletionSource();
        origin.On(path, async context =>
        {
            if (HttpProtocol.IsHttp2(context.Request.Protocol))
            {
                if (path == "/in-its-body")
                {
                    context.Response.ContentLength = Content.Length;
                    await context.Response.Body.WriteAsync(Content.AsMemory(0, 100_000));
                }

                under.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            await FakeOrigin.SendAsync(context, Content);
        });
        origin.On("/cut", context =>
        {
            context.Features.Get<IConnectionLifetimeFeature>()!.Abort();
            return Task.CompletedTask;
        });

        var download = AskAsync(world, origin, path);
        await under.Task.WaitAsync(Limit);
        await AskAsync(world, origin, "/cut");

        Assert.Equal(Content, (await download).Body);
        Assert.Equal(["HTTP/2", "HTTP/1.1"], origin.Requests.Where(request => request.Target == path).Select(request => request.Protocol));
    }

    [Fact]
    public async Task BreaksOffOnItsOwnConnectionToo_ItIsAFailureAfterTheUsualAttempts()
    {
        await using var origin = await FakeOrigin.StartAsync(_certificate.Server);
        await using var world = await StartAsync();
        origin.On("/file", async context =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 100_000));
            context.Abort();
        });

        Assert.Equal(502, (await AskAsync(world, origin, "/file")).Status);
        Assert.Equal(["HTTP/2", "HTTP/1.1", "HTTP/1.1"], origin.Requests.Select(request => request.Protocol));
    }

    [Theory]
    [InlineData("/short", 10, "HTTP/2")]
    [InlineData("/short", 3000, "HTTP/1.1")]
    [InlineData("/long", 10, "HTTP/1.1")]
    public async Task RequestWithALongHead_HasAConnectionOfItsOwn(string path, int credential, string protocol)
    {
        await using var origin = await FakeOrigin.StartAsync(_certificate.Server);
        await using var world = await StartAsync();
        origin.Otherwise = context => FakeOrigin.SendAsync(context, "x"u8.ToArray());
        var target = path == "/long" ? $"/{new string('a', 3000)}" : path;

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            Assert.Equal(
                200, (await AskAsync(world, origin, target, method, ("Authorization", $"Bearer {new string('a', credential)}"))).Status);
        }

        Assert.Equal([protocol, protocol], origin.Requests.Select(request => request.Protocol));
    }

    private Task<ProxyWorld> StartAsync(params string[] settings) =>
        ProxyWorld.StartAsync([$"--ClamProxy:Download:ExtraRootCertificates={_certificate.RootFile}", .. settings]);

    private static async Task<Reply> AskAsync(
        ProxyWorld world, FakeOrigin origin, string path, HttpMethod? method = null, params (string, string)[] headers)
    {
        using var request = world.Request(path, method: method, headers: headers);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", origin.Url);
        return await world.SendAsync(request);
    }
}
