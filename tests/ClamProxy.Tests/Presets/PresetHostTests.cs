using System.Text.Json;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Presets;

/// <summary>
/// A preset in the running host: its index leads back here, its files are scanned once, what is bad is refused with a reason.
/// </summary>
public sealed class PresetHostTests
{
    [Fact]
    public async Task Npm_FollowsItsIndexBackHere()
    {
        await using var registry = await FakeOrigin.StartAsync();
        registry.On("/@team%2ftool", context => IndexAsync(context, $"{registry.Url}/@team/tool/-/tool-1.0.0.tgz"));
        registry.On("/@team/tool/-/tool-1.0.0.tgz", "a tarball"u8.ToArray());
        await using var world = await ProxyWorld.StartAsync("--PRESETS=npm", $"--NPM_UPSTREAM={registry.Url}");

        var tarball = await TarballAsync(world, "/npm/@team%2ftool");
        Assert.Equal(new Uri(world.Client.BaseAddress!, "/npm/@team/tool/-/tool-1.0.0.tgz").AbsoluteUri, tarball);
        Assert.Equal(
            "a tarball", await world.Client.GetStringAsync(new Uri(tarball, UriKind.Absolute), TestContext.Current.CancellationToken));
        Assert.Equal("ClamProxy; hit; detail=url-verdict", (await GetAsync(world, tarball))["Cache-Status"]);
    }

    [Fact]
    public async Task Npm_TarballsOfASecondHostComeFromHere()
    {
        await using var registry = await FakeOrigin.StartAsync();
        await using var files = await FakeOrigin.StartAsync();
        registry.On("/tool", context => IndexAsync(context, $"{files.Url}/blobs/tool-1.0.0.tgz"));
        files.On("/blobs/tool-1.0.0.tgz", Eicar.Bytes);
        await using var world = await ProxyWorld.StartAsync(
            "--PRESETS=npm", $"--NPM_UPSTREAM={registry.Url}", $"--NPM_FILES_UPSTREAM={files.Url}");

        var reply = await GetAsync(world, await TarballAsync(world, "/npm/tool"));

        Assert.Equal(
            (409, "ClamAV found Eicar-Test-Signature in tool-1.0.0.tgz. It was not delivered."), (reply.Status, reply.Problem("error")));
    }

    private static Task IndexAsync(HttpContext context, string tarball)
    {
        context.Response.ContentType = "application/json";
        return FakeOrigin.SendAsync(context, JsonSerializer.SerializeToUtf8Bytes(new { dist = new { tarball } }));
    }

    private static async Task<string> TarballAsync(ProxyWorld world, string path)
    {
        var uri = new Uri(
            world.Client.BaseAddress!.AbsoluteUri.TrimEnd('/') + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var index = JsonDocument.Parse((await GetAsync(world, uri)).Body);
        return index.RootElement.GetProperty("dist").GetProperty("tarball").GetString()!;
    }

    private static Task<Reply> GetAsync(ProxyWorld world, string url) => GetAsync(world, new Uri(url, UriKind.Absolute));

    private static async Task<Reply> GetAsync(ProxyWorld world, Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await world.SendAsync(request);
    }
}
