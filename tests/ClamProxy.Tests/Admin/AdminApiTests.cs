using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;
using ClamProxy.Tests.Tracking;

namespace ClamProxy.Tests.Admin;

/// <summary>Who may use the admin API, what it refuses, its document and its audit log.</summary>
public sealed class AdminApiTests : IDisposable
{
    private const int Audit = 7510;
    private const string Marker = "PLANTED-SECRET-7f3a";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WithCredentials_StrangersAreRefusedAndTheAuditNamesWhoActs()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("token"u8));
        await using var world = await AdminWorld.StartAsync(
            _folder, $"--MANAGEMENT_CREDENTIALS=ada:sha256:{hash}", "--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.World);

        var refused = await world.PostAsync("/rescan", """{"all": true}""");
        var wrong = await world.GetAsync("/config", ("Authorization", "Bearer " + Marker));
        var done = await world.PostAsync("/rescan", """{"all": true}""", ("Authorization", "Bearer token"), ("X-Request-ID", "given-1"));

        Assert.Equal((401, "urn:clamproxy:problem:credentials-needed"), (refused.Status, refused.Problem("type")));
        Assert.Contains("Bearer", refused["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(401, wrong.Status);
        Assert.Equal((200, "given-1"), (done.Status, done["X-Request-ID"]));
        var line = await log.OfAsync(Audit);
        Assert.Equal("Admin API: ada at 127.0.0.1: rescan everything: done", line.Message);
        Assert.Equal("given-1", line.RequestId);
        Assert.DoesNotContain(log.All, entry => entry.Message.Contains(Marker, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST", "Origin", "http://evil.example")]
    [InlineData("POST", "Origin", "null")]
    [InlineData("POST", "Sec-Fetch-Site", "same-origin")]
    [InlineData("GET", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "Sec-Fetch-Site", "same-site")]
    [InlineData("GET", "Host", "evil.example")]
    public async Task Page_IsRefused(string method, string name, string value)
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var (path, body) = method == "GET" ? ("/config", null) : ("/rescan", "{}");
        var answer = await world.SendAsync(new(method), path, body, (name, value));

        Assert.Equal(403, answer.Status);
        Assert.Equal("application/problem+json", answer["Content-Type"]);
    }

    [Theory]
    [InlineData("GET", "/nothing", null, 404)]
    [InlineData("GET", "/waivers/", null, 404)]
    [InlineData("GET", "/purge", null, 405)]
    [InlineData("POST", "/config", "{}", 405)]
    [InlineData("POST", "/purge", "[]", 400)]
    [InlineData("POST", "/purge", "{", 400)]
    [InlineData("POST", "/purge", "{}", 400)]
    [InlineData("POST", "/purge", """{"url": "ftp://a/b"}""", 400)]
    [InlineData("POST", "/purge", """{"prefix": "http://a/b"}""", 400)]
    [InlineData("POST", "/purge", """{"prefix": "http://a/b/?c=/"}""", 400)]
    [InlineData("POST", "/purge", """{"sha256": "AB"}""", 400)]
    [InlineData("POST", "/purge", """{"sha256": "AB", "all": true}""", 400)]
    [InlineData("POST", "/purge", """{"all": false}""", 400)]
    [InlineData("POST", "/rescan", """{"prefix": "http://a/"}""", 400)]
    [InlineData("POST", "/scanners/drain", "{}", 400)]
    [InlineData("POST", "/scanners/drain", """{"scanner": "tcp://elsewhere:3310"}""", 404)]
    [InlineData("DELETE", "/waivers/0123456789abcdef", null, 404)]
    [InlineData("GET", "/verdicts", null, 400)]
    [InlineData("GET", "/verdicts?sha256=short", null, 400)]
    [InlineData("GET", "/verdicts?url=http://a/never", null, 404)]
    public async Task WrongRequest_IsSaidInAProblem(string method, string path, string? json, int status)
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var answer = await world.SendAsync(new(method), path, json);

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer["Content-Type"]);
        Assert.NotEmpty(answer.Problem("detail")!);
        Assert.NotEmpty(answer.Problem("requestId")!);
    }

    [Theory]
    [InlineData("/purge", """{"token": "PLANTED-SECRET-7f3a"}""")]
    [InlineData("/purge", """{"url": "http://u:PLANTED-SECRET-7f3a@h/"}""")]
    [InlineData("/purge", """{"url": "http://h/?token=PLANTED-SECRET-7f3a"}""")]
    [InlineData("/waivers", """{"target": "http://u:PLANTED-SECRET-7f3a@h/", "until": "1d", "reason": "r", "owner": "o"}""")]
    [InlineData("/blocks", """{"target": "http://u:PLANTED-SECRET-7f3a@*/", "reason": "r"}""")]
    [InlineData("/waivers", """{"signature": "a", "until": "PLANTED-SECRET-7f3a", "reason": "r"}""")]
    public async Task SecretInTheBody_IsInNoLogAndNoProblem(string path, string json)
    {
        await using var world = await AdminWorld.StartAsync(_folder, "--LOG_LEVEL=Information");
        using var log = EntryList.Of(world.World);

        var answer = await world.PostAsync(path, json);

        await log.OfAsync(Audit);
        Assert.DoesNotContain(Marker, Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        Assert.DoesNotContain(log.All, entry => entry.Message.Contains(Marker, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BodyThatIsNotJson_IsRefused()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        using var content = new StringContent("{}", Encoding.UTF8, "text/plain");

        using var answer = await world.World.Management.PostAsync(
            new Uri("/admin/v1/rescan", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(415, (int)answer.StatusCode);
    }

    [Fact]
    public async Task BodyThatIsTooLarge_IsRefused()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        Assert.Equal(413, (await world.PostAsync("/rescan", $"{{\"url\": \"{new string('a', 70_000)}\"}}")).Status);
    }

    [Fact]
    public async Task Document_HasEveryOperationAndSchemasOfTheAnswers()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var document = AdminWorld.Json(await world.GetAsync("/openapi.json"));

        Assert.Equal("3.1.1", document.GetProperty("openapi").GetString());
        var paths = document.GetProperty("paths").EnumerateObject().ToDictionary(path => path.Name, path => path.Value);
        Assert.Equal(
            [
                "/admin/v1/blocks", "/admin/v1/blocks/{id}", "/admin/v1/config", "/admin/v1/events", "/admin/v1/events/test",
                "/admin/v1/purge", "/admin/v1/reload", "/admin/v1/rescan", "/admin/v1/scanners", "/admin/v1/scanners/canary",
                "/admin/v1/scanners/drain", "/admin/v1/scanners/resume", "/admin/v1/status", "/admin/v1/verdicts",
                "/admin/v1/waivers", "/admin/v1/waivers/{id}",
            ],
            paths.Keys.Order(StringComparer.Ordinal));
        var operations = paths.Values.SelectMany(path => path.EnumerateObject()).Select(method => method.Value).ToList();
        Assert.Equal(operations.Count, operations.Select(one => one.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, operation =>
        {
            var schema = operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json")
                .GetProperty("schema");
            Assert.NotEmpty(schema.GetProperty("properties").EnumerateObject());
        });
    }

    [Fact]
    public async Task ProxyPort_DoesNotKnowIt()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        using var answer = await world.World.Client.GetAsync(
            new Uri("/admin/v1/status", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Status_SaysHowTheProcessIs()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        Assert.Equal(200, (await world.GetFileAsync()).Status);

        var status = AdminWorld.Json(await world.GetAsync("/status"));

        Assert.True(status.GetProperty("ready").GetBoolean());
        Assert.Equal("working", status.GetProperty("scanners").GetProperty("scanners")[0].GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Number, status.GetProperty("store").GetProperty("bytes").ValueKind);
    }
}
