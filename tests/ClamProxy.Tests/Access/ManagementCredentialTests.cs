using System.Net.Http.Headers;

namespace ClamProxy.Tests.Access;

public sealed class ManagementCredentialTests
{
    [Fact]
    public async Task ManagementWithCredentials_AnswersThoseOnlyAndHealthzToAll()
    {
        await using var world = await ProxyWorld.StartAsync($"--MANAGEMENT_CREDENTIALS={Secrets.TokenEntry}");
        Assert.Equal(200, await AskAsync(world, "/healthz", null));
        foreach (var path in new[] { "/readyz", "/metrics" })
        {
            Assert.Equal(401, await AskAsync(world, path, null));
            Assert.Equal(401, await AskAsync(world, path, "wrong"));
            Assert.Equal(200, await AskAsync(world, path, Secrets.Token));
        }
    }

    [Fact]
    public async Task EachSurface_HasCredentialsOfItsOwn()
    {
        await using var world = await ProxyWorld.StartAsync(
            $"--MANAGEMENT_CREDENTIALS={Secrets.TokenEntry}", $"--PROXY_CREDENTIALS={Secrets.PasswordEntry}");
        world.Origin.On("/file", [1, 2, 3]);

        Assert.Equal(401, (await world.GetAsync("/file", false, ("Authorization", Secrets.Bearer(Secrets.Token)))).Status);
        Assert.Equal(200, (await world.GetAsync("/file", false, ("Authorization", Secrets.Basic("alice", Secrets.Password)))).Status);
    }

    private static async Task<int> AskAsync(ProxyWorld world, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await world.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
