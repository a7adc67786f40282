using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>A route's credential for its own upstream: shown to that origin only, whoever asks, and kept out of everything else.</summary>
public sealed class UpstreamIdentityTests : IDisposable
{
    private const string Token = "s3cret-t0ken-of-the-operator";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bearer", "Authorization", Token, $"Bearer {Token}")]
    [InlineData("basic", "Authorization", "robot:pass word", "Basic cm9ib3Q6cGFzcyB3b3Jk")]
    [InlineData("header X-JFrog-Art-Api", "X-JFrog-Art-Api", Token, Token)]
    public async Task RouteWithACredential_ItsUpstreamIsShownItForEveryClient(string kind, string field, string secret, string value)
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", "file"u8.ToArray());
        await using var world = await StartAsync(origin, kind, secret);

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            Assert.Equal(200, (await AskAsync(world, "/private/file", method, (field, "the client's own"))).Status);
        }

        Assert.Equal([value, value], origin.Requests.Select(request => request.Headers[field]));
    }

    [Fact]
    public async Task FileOfARouteWithACredential_IsKeptForAllAndTheCredentialIsNowhere()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", "file"u8.ToArray());
        await using var world = await StartAsync(
            origin, "bearer", Token, "--ClamProxy:Routes:private:CacheScan=true", $"--STORE_PATH={_folder.File("store")}");

        var replies = new[]
        {
            await AskAsync(world, "/private/file", HttpMethod.Get),
            await AskAsync(world, "/private/file", HttpMethod.Get, ("Authorization", "Bearer another-client")),
        };

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Single(origin.Requests);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_folder.File("store"), "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClientThatNamesTheSameUpstreamItself_GetsNothingThatTheCredentialFetched()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", context => context.Request.Headers.Authorization.Count == 0
            ? Task.FromResult(context.Response.StatusCode = 401)
            : FakeOrigin.SendAsync(context, "private"u8.ToArray()));
        await using var world = await StartAsync(
            origin, "bearer", Token, "--ClamProxy:Routes:private:CacheScan=true", $"--STORE_PATH={_folder.File("store")}");
        Assert.Equal(200, (await AskAsync(world, "/private/file", HttpMethod.Get)).Status);

        using var request = world.Request("/file", cacheScan: true);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", origin.Url);

        Assert.Equal(401, (await world.SendAsync(request)).Status);
    }

    [Fact]
    public async Task RedirectToAnotherOrigin_IsNotShownTheCredential()
    {
        await using var other = await FakeOrigin.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        other.On("/file", "file"u8.ToArray()).Redirect("/back", $"{origin.Url}/file");
        origin.On("/file", "file"u8.ToArray())
            .Redirect("/away", $"{other.Url}/file").Redirect("/here", "/file").Redirect("/there-and-back", $"{other.Url}/back");
        await using var world = await StartAsync(origin, "header X-Key", Token);

        foreach (var path in new[] { "/away", "/here", "/there-and-back" })
        {
            Assert.Equal(200, (await AskAsync(world, $"/private{path}", HttpMethod.Get)).Status);
        }

        Assert.DoesNotContain(other.Requests, request => request.Headers.ContainsKey("X-Key"));
        Assert.Equal(
            ["/away yes", "/here yes", "/file yes", "/there-and-back yes", "/file no"],
            origin.Requests.Select(request => $"{request.Target} {(request.Headers.ContainsKey("X-Key") ? "yes" : "no")}"));
    }

    [Fact]
    public async Task SecretInItsFileChanges_TheNextRequestCarriesTheNewOne()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", "file"u8.ToArray());
        await using var world = await StartAsync(origin, "header X-Key", "first");

        await AskAsync(world, "/private/file", HttpMethod.Get);
        await File.WriteAllTextAsync(_folder.File("secret"), "second\n");
        File.SetLastWriteTimeUtc(_folder.File("secret"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await AskAsync(world, "/private/file", HttpMethod.Get);
        File.Delete(_folder.File("secret"));
        await AskAsync(world, "/private/file", HttpMethod.Get);

        Assert.Equal(["first", "second", "second"], origin.Requests.Select(request => request.Headers["X-Key"]));
    }

    private Task<ProxyWorld> StartAsync(FakeOrigin origin, string kind, string secret, params string[] settings)
    {
        File.WriteAllText(_folder.File("secret"), secret + "\n");
        return ProxyWorld.StartAsync(
        [
            "--ClamProxy:Routes:private:Path=/private",
            $"--ClamProxy:Routes:private:Upstream={origin.Url}",
            $"--ClamProxy:Routes:private:Credential={kind} file:{_folder.File("secret")}",
            .. settings,
        ]);
    }

    private static async Task<Reply> AskAsync(ProxyWorld world, string path, HttpMethod method, params (string, string)[] headers)
    {
        using var request = world.Request(path, method: method, headers: headers);
        request.Headers.Remove("Download-From");
        request.Headers.Remove("Cache-Scan");
        return await world.SendAsync(request);
    }
}
