using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

public sealed class ScanUrlTests
{
    private readonly byte[] _content = RandomBody.Of(300_000);

    [Fact]
    public async Task CleanFile_IsFetchedScannedAndKept()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Host.Origin.On("/files/a.zip", _content);

        var result = await ResultAsync(world, $"{world.Host.Origin.Url}/files/a.zip?secret=1");

        Assert.Equal(
            ("CLEAN", "a.zip", _content.Length),
            (
                result.GetProperty("status").GetString(), result.GetProperty("original_filename").GetString(),
                result.GetProperty("size").GetInt32()));
        Assert.Equal(
            _content, await world.Client.GetByteArrayAsync(
                new Uri($"/download/{result.GetProperty("id").GetString()}", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task InfectedFile_IsToldAndNotKept()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Host.Origin.On("/a", Eicar.Bytes);

        var result = await ResultAsync(world, $"{world.Host.Origin.Url}/a");

        Assert.Equal(
            ("INFECTED", "Eicar-Test-Signature"), (result.GetProperty("status").GetString(), result.GetProperty("virus").GetString()));
        Assert.Empty(
            Directory.Exists(world.Objects) ? Directory.GetFiles(world.Objects, "*", SearchOption.AllDirectories) : []);
    }

    [Fact]
    public async Task NoSuchFile_EndsAsErrorAndSaysWhat()
    {
        await using var world = await ApiWorld.StartAsync();

        var result = await ResultAsync(world, $"{world.Host.Origin.Url}/nothing");

        Assert.Equal(
            ("ERROR", "Upstream answered 404."), (result.GetProperty("status").GetString(), result.GetProperty("details").GetString()));
    }

    [Theory]
    [InlineData("{}", 400, "Send JSON")]
    [InlineData("{\"url\": 1}", 400, "Send JSON")]
    [InlineData("[", 400, "Send JSON")]
    [InlineData("{\"url\": \"https://a.example/x\", \"callback\": \"https://b.example/\"}", 400, "CALLBACK_SECRETS")]
    [InlineData("{\"url\": \"https://a.example/x\", \"priority\": \"soon\"}", 400, "high or normal")]
    [InlineData("{\"url\": \"file:///etc/passwd\"}", 400, "http")]
    [InlineData("{\"url\": \"http://169.254.169.254/latest\"}", 403, "169.254.169.254")]
    public async Task WrongRequest_SaysWhatIsWrong(string body, int expected, string says)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var (status, problem, _) = await world.PostAsync("/scan/url", content);

        Assert.Equal(expected, status);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty((await world.GetAsync("/results")).Body.GetProperty("results").EnumerateArray());
    }

    private static async Task<System.Text.Json.JsonElement> ResultAsync(ApiWorld world, string url)
    {
        using var content = new StringContent($"{{\"url\": \"{url}\"}}", Encoding.UTF8, "application/json");
        var (status, body, _) = await world.PostAsync("/scan/url", content);
        Assert.Equal(202, status);
        return (await world.GetAsync($"/result/{body.GetProperty("id").GetString()}?wait=30s")).Body;
    }
}
