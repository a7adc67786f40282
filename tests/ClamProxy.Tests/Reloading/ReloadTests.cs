using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;
using ClamProxy.Tests.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Reloading;

/// <summary>The configuration is read again while the process runs: what changes, what does not, and what a wrong one does.</summary>
public sealed class ReloadTests : IDisposable
{
    private const string Marker = "PLANTED-SECRET-7f3a";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NewRoute_IsServedAndTheOldOneIsGone()
    {
        await using var world = await StartAsync(origin => $$"""{ "Routes": { "a": { "Path": "/a", "Upstream": "{{origin}}" } } }""");
        world.Origin.On("/file", RandomBody.Of(100));
        Assert.Equal(200, await StatusAsync(world, "/a/file"));

        Write($$"""{ "Routes": { "b": { "Path": "/b", "Upstream": "{{world.Origin.Url}}" } } }""");
        var reloaded = await ReloadAsync(world);

        Assert.Equal("done", reloaded.GetProperty("outcome").GetString());
        Assert.Contains("ClamProxy:Routes:b:Path", Texts(reloaded, "changed"));
        Assert.Equal(200, await StatusAsync(world, "/b/file"));
        Assert.Equal(400, await StatusAsync(world, "/a/file"));
    }

    [Fact]
    public async Task NewPreset_HasItsRoutes()
    {
        await using var world = await StartAsync(_ => "{ }");

        Write("""{ "Presets": "pypi" }""");
        var reloaded = await ReloadAsync(world);

        Assert.Contains("ClamProxy:Presets", Texts(reloaded, "changed"));
        Assert.Contains("ClamProxy:Routes:pypi:Path", Texts(reloaded, "changed"));
    }

    [Fact]
    public async Task RequestUnderWay_GoesOnWithTheRouteThatItBeganWith()
    {
        await using var world = await StartAsync(
            origin => $$"""{ "Routes": { "a": { "Path": "/a", "Upstream": "{{origin}}", "CacheScan": true } } }""");
        world.Origin.On("/file", RandomBody.Of(100_000));
        var (scanning, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await goOn.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var waiting = world.Client.GetAsync(new Uri("/a/file", UriKind.Relative), TestContext.Current.CancellationToken);
        await scanning.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Write("""{ "Routes": { } }""");
        await ReloadAsync(world);
        goOn.SetResult();

        using var answer = await waiting;
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(100_000, (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Policy_CountsForTheNextFile()
    {
        await using var world = await StartAsync(_ => "{ }");
        world.Origin.On("/file", RandomBody.Of(100));
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Heuristics.Encrypted.Zip FOUND\0");
        Assert.Equal(409, (await world.GetAsync("/file")).Status);

        Write("""{ "Policies": { "Encrypted": "pass" } }""");
        await ReloadAsync(world);
        Assert.Equal(200, (await world.GetAsync("/file")).Status);

        Write("""{ "Policies": { "Encrypted": "block" } }""");
        await ReloadAsync(world);
        Assert.Equal(409, (await world.GetAsync("/file")).Status);
    }

    [Fact]
    public async Task RulesFiles_AreThoseOfTheNewConfiguration()
    {
        await using var world = await StartAsync(_ => "{ }");
        world.Origin.On("/file", RandomBody.Of(100));
        var (blocks, exceptions) = (_folder.File("blocks.json"), _folder.File("exceptions.json"));
        await File.WriteAllTextAsync(
            blocks, $$"""[ { "target": "{{world.Origin.Url}}/file", "reason": "r" } ]""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            exceptions,
            $$"""[ { "target": "{{world.Origin.Url}}/", "owner": "o", "reason": "r", "expires": "2099-01-01T00:00:00Z" } ]""",
            TestContext.Current.CancellationToken);

        Write($$"""{ "Policies": { "BlocksFile": "{{blocks}}" } }""");
        await ReloadAsync(world);
        Assert.Equal(409, (await world.GetAsync("/file")).Status);

        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Bad FOUND\0");
        Write($$"""{ "Policies": { "ExceptionsFile": "{{exceptions}}" } }""");
        await ReloadAsync(world);
        Assert.Equal(200, (await world.GetAsync("/file")).Status);
    }

    [Fact]
    public async Task Credentials_AreThoseOfTheNewConfiguration()
    {
        await using var world = await StartAsync(_ => $$"""{ "Access": { "ManagementCredentials": [ "{{Credential("old")}}" ] } }""");

        Write($$"""
            { "Access": {
                "ManagementCredentials": [ "{{Credential("new")}}" ],
                "ProxyCredentials": [ "{{Credential("client")}}" ] } }
            """);
        Assert.Equal(200, (await PostReloadAsync(world, "old")).Status);

        Assert.Equal(401, (await PostReloadAsync(world, "old")).Status);
        Assert.Equal(200, (await PostReloadAsync(world, "new")).Status);
        Assert.Equal(401, (await world.GetAsync("/file")).Status);
        world.Origin.On("/file", RandomBody.Of(100));
        Assert.Equal(200, (await world.GetAsync("/file", cacheScan: false, ("Proxy-Authorization", "Bearer client"))).Status);
    }

    [Fact]
    public async Task LogLevel_CountsForLoggersThatExist()
    {
        await using var world = await StartAsync(_ => """{ "Logging": { "Level": "Error" } }""", "--LOG_LEVEL=");
        using var log = EntryList.Of(world);
        world.Origin.On("/file", RandomBody.Of(100));
        await world.GetAsync("/file");
        Assert.Empty(log.All);

        Write("""{ "Logging": { "Level": "Information" } }""");
        await ReloadAsync(world);
        await world.GetAsync("/file");

        Assert.Contains("/file", (await log.AccessLineAsync()).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(log.All, entry => entry.Message.Contains("Executing endpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scanners_AreThoseOfTheNewConfiguration()
    {
        await using var first = FakeClamd.OnTcp();
        await using var second = FakeClamd.OnTcp();
        await using var world = await StartAsync(_ => Hosts(first), "--CLAMD_HOSTS=");
        world.Origin.On("/file", RandomBody.Of(100));
        await world.GetAsync("/file");
        Assert.Single(first.Contents);

        Write(Hosts(second));
        await ReloadAsync(world);
        await world.Services.GetRequiredService<ClamdPool>().WaitForFirstProbeAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(200, (await world.GetAsync("/file")).Status);
        Assert.Single(first.Contents);
        Assert.Single(second.Contents);

        static string Hosts(FakeClamd clamd) => $$"""{ "Clamd": { "Hosts": [ "{{clamd.Endpoint}}" ] } }""";
    }

    [Theory]
    [InlineData("{", "Failed to load configuration")]
    [InlineData("""{ "ClamProxy": { "Routes": { "b": { "Path": "nowhere" } } } }""", "ClamProxy:Routes:b")]
    [InlineData("""{ "ClamProxy": { "Policies": { "BlocksFile": "/nowhere/x.json" } } }""", "ClamProxy:Policies:BlocksFile")]
    [InlineData("""{ "ClamProxy": { "Rouets": { } , "Verdits": { "x": "y" } } }""", "no such setting")]
    [InlineData("""{ "ClamProxy": { "Verdicts": { "Keys": "PLANTED-SECRET-7f3a" } } }""", "ClamProxy:Verdicts:Keys")]
    [InlineData("""{ "ClamProxy": { "Access": { "ProxyCredentials": "PLANTED-SECRET-7f3a" } } }""", "ClamProxy:Access:ProxyCredentials")]
    [InlineData(null, "is not there any more")]
    public async Task WrongConfiguration_IsRefusedWholeAndSaidEverywhereWithoutSecrets(string? json, string problem)
    {
        await using var world = await StartAsync(
            origin => $$"""{ "Routes": { "a": { "Path": "/a", "Upstream": "{{origin}}" } } }""", "--LOG_LEVEL=Warning");
        using var log = EntryList.Of(world);
        world.Origin.On("/file", RandomBody.Of(100));
        if (json is null)
        {
            File.Delete(_folder.File("appsettings.json"));
        }
        else
        {
            await File.WriteAllTextAsync(_folder.File("appsettings.json"), json, TestContext.Current.CancellationToken);
        }

        var answer = await PostReloadAsync(world, null);

        Assert.Equal((422, "urn:clamproxy:problem:invalid"), (answer.Status, answer.Problem("type")));
        Assert.Contains(problem, answer.Problem("detail"), StringComparison.Ordinal);
        var line = await log.OfAsync(7552);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(problem, line.Message, StringComparison.Ordinal);
        var said = await ReadinessAsync(world);
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.Equal(1, await world.MetricAsync("clamproxy_config_reloads_total"));
        var everything = said + Encoding.UTF8.GetString(answer.Body) + string.Join('\n', log.All.Select(entry => entry.Message));
        Assert.DoesNotContain(Marker, everything, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(world, "/a/file"));

        Write($$"""{ "Routes": { "a": { "Path": "/a", "Upstream": "{{world.Origin.Url}}" } } }""");
        await ReloadAsync(world);
        Assert.Null(await ReadinessAsync(world));
    }

    [Fact]
    public async Task SettingsThatNeedARestart_AreNamedAndKeepTheirValues()
    {
        await using var world = await StartAsync(_ => """{ "Verdicts": { "CacheTtl": "1h" } }""", "--LOG_LEVEL=Warning");
        using var log = EntryList.Of(world);

        Write("""{ "Verdicts": { "CacheTtl": "2h" }, "Policies": { "ScanError": "pass" } }""");
        var reloaded = await ReloadAsync(world);

        Assert.Equal(["ClamProxy:Policies:ScanError"], Texts(reloaded, "changed"));
        Assert.Equal(["ClamProxy:Verdicts:CacheTtl"], Texts(reloaded, "needRestart"));
        Assert.Contains("ClamProxy:Verdicts:CacheTtl", (await log.OfAsync(7553)).Message, StringComparison.Ordinal);
        var config = JsonSerializer.Deserialize<JsonElement>(
            await world.Management.GetStringAsync(new Uri("/admin/v1/config", UriKind.Relative), TestContext.Current.CancellationToken));
        var settings = config.GetProperty("settings").EnumerateArray().ToDictionary(one => one.GetProperty("key").GetString()!);
        Assert.Equal(("1h", true), (
            settings["ClamProxy:Verdicts:CacheTtl"].GetProperty("value").GetString(),
            settings["ClamProxy:Verdicts:CacheTtl"].GetProperty("needsRestart").GetBoolean()));
        Assert.Equal("pass", settings["ClamProxy:Policies:ScanError"].GetProperty("value").GetString());
    }

    [Fact]
    public async Task ChangedFile_IsLoadedByItself()
    {
        await using var world = await StartAsync(_ => "{ }", "--RELOAD_INTERVAL=50ms", "--LOG_LEVEL=Warning");
        using var log = EntryList.Of(world);
        world.Origin.On("/file", RandomBody.Of(100));

        Write($$"""{ "Routes": { "b": { "Path": "/b", "Upstream": "{{world.Origin.Url}}" } } }""");

        Assert.Contains("(a changed file)", (await log.OfAsync(7550)).Message, StringComparison.Ordinal);
        Assert.Equal(200, await StatusAsync(world, "/b/file"));
    }

    private async Task<ProxyWorld> StartAsync(Func<string, string> settings, params string[] args) =>
        await ProxyWorld.StartAsync(origin =>
        {
            Write(settings(origin.Url));
            return [$"--contentRoot={_folder.Path}", "--RELOAD_INTERVAL=0", .. args];
        });

    private void Write(string settings) => File.WriteAllText(_folder.File("appsettings.json"), $$"""{ "ClamProxy": {{settings}} }""");

    private static async Task<int> StatusAsync(ProxyWorld world, string path)
    {
        using var answer = await world.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>What /readyz says of the configuration, while it is ready.</summary>
    private static async Task<string?> ReadinessAsync(ProxyWorld world)
    {
        var ready = await world.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<JsonElement>(ready).GetProperty("configuration").GetProperty("problem").GetString();
    }

    private static async Task<JsonElement> ReloadAsync(ProxyWorld world)
    {
        var answer = await PostReloadAsync(world, null);
        Assert.True(answer.Status == 200, Encoding.UTF8.GetString(answer.Body));
        return JsonSerializer.Deserialize<JsonElement>(answer.Body);
    }

    private static async Task<Reply> PostReloadAsync(ProxyWorld world, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/admin/v1/reload", UriKind.Relative))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        using var answer = await world.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(answer);
    }

    private static string Credential(string token) =>
        $"{token}:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)))}";

    private static IEnumerable<string> Texts(JsonElement answer, string name) =>
        answer.GetProperty(name).EnumerateArray().Select(one => one.GetString()!);
}
