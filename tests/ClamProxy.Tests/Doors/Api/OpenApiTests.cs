using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>The document at <c>/openapi.json</c> says what the API does, all of it, and nothing else.</summary>
public sealed class OpenApiTests
{
    /// <summary>Answers of all endpoints alike; each is provoked once, by other tests.</summary>
    private static readonly string[] Everywhere = [" 401", " 403", " 431", " 500", " 503"];

    private static readonly string[] Pages = ["/openapi.json", "/docs", "/page."];

    [Fact]
    public async Task Document_HasEveryEndpointAndMethod()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        var document = await DocumentAsync(world);
        var mapped = world.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is { } path && path != "/"
                && !Pages.Any(page => path.StartsWith(page, StringComparison.Ordinal)))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>()!.HttpMethods
                .Where(method => method != "HEAD").Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        var documented = document.GetProperty("paths").EnumerateObject().SelectMany(path =>
            path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));

        Assert.Equal(mapped.Order(), documented.Order());
        Assert.Equal("3.1", document.GetProperty("openapi").GetString()![..3]);
    }

    [Fact]
    public async Task Endpoint_SaysWhatItIsAndTakes()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        var document = await DocumentAsync(world);

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
                Assert.NotEmpty(operation.Value.GetProperty("operationId").GetString()!);
                Assert.Equal(
                    path.Name.Contains('{', StringComparison.Ordinal),
                    operation.Value.TryGetProperty("parameters", out var parameters)
                        && parameters.EnumerateArray().Any(parameter => parameter.GetProperty("in").GetString() == "path"));
                Assert.Equal(operation.Name == "post", operation.Value.TryGetProperty("requestBody", out _));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Document_SaysWhetherCredentialsAreNeeded(bool areNeeded)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("token"u8));
        await using var world = await ApiWorld.StartAsync("proxy,api", areNeeded ? [$"--API_CREDENTIALS=ci:sha256:{hash}"] : []);

        var document = await DocumentAsync(world);

        var upload = document.GetProperty("paths").GetProperty("/upload").GetProperty("post");
        var names = upload.TryGetProperty("security", out var security)
            ? security.EnumerateArray().SelectMany(one => one.EnumerateObject()).Select(one => one.Name)
            : [];
        Assert.Equal(areNeeded ? ["bearer", "basic"] : [], names);
    }

    [Fact]
    public async Task Answers_AreAllAsDocumentedAndAllThatAre()
    {
        await using var world = await ApiWorld.StartAsync(
            "--MAX_FILE_SIZE=100K", "--ClamProxy:Intake:IdleTimeout=500ms", $"--CALLBACK_SECRETS={CallbackReceiver.Secret}");
        var door = new DescribedDoor(world, await DocumentAsync(world));

        await AskForScansAsync(world, door);
        var (clean, infected, pending) = await AskForJobsAsync(world, door);
        await AskForWebhooksAsync(door, pending);
        await AskForFilesAsync(door, clean, infected, pending);

        var missing = door.Documented.Except(door.Seen).Where(answer => !Everywhere.Any(status =>
            answer.EndsWith(status, StringComparison.Ordinal)));
        Assert.Empty(missing);
    }

    [Fact]
    public async Task RefusalsOfAllEndpoints_AreAsDocumented()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("a-token"u8));
        await using var world = await ApiWorld.StartAsync("proxy,api", [$"--API_CREDENTIALS=ci:sha256:{hash}:read"]);
        var door = new DescribedDoor(world, await DocumentAsync(world));

        await door.AskAsync("results", HttpMethod.Get, "/results");
        await door.AskAsync(
            "results", HttpMethod.Get, "/results", null, ("X-Long", new string('x', 9000)));
        world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-token");
        await door.AskAsync("deleteFile", HttpMethod.Delete, "/files/x");

        Assert.Equal(["deleteFile 403", "results 401", "results 431"], door.Seen.Order());
    }

    private static async Task AskForScansAsync(ApiWorld world, DescribedDoor door)
    {
        using var empty = new MultipartFormDataContent { { new StringContent("1"), "x" } };
        using var large = ApiWorld.Form((new byte[200_000], "a"));
        await door.AskAsync("heartbeat", HttpMethod.Get, "/heartbeat");
        await door.AskAsync("scan", HttpMethod.Post, "/scan", new ByteArrayContent([1, 2]));
        await door.AskAsync("scan", HttpMethod.Post, "/scan", empty);
        await door.AskAsync("scan", HttpMethod.Post, "/scan", new ByteArrayContent(new byte[200_000]));
        await door.AskAsync("upload", HttpMethod.Post, "/upload", large);
        await door.AskAsync("upload", HttpMethod.Post, "/upload", new StringContent("x"));
        await door.AskAsync("scanUrl", HttpMethod.Post, "/scan/url", new StringContent("{\"url\": \"ftp://x\"}"));
        await door.AskAsync("scanUrl", HttpMethod.Post, "/scan/url", new StringContent($"{{\"url\": \"{world.Host.Origin.Url}/a\"}}"));
        var (slowScan, scanProblem, _) = await ApiWire.AskAsync(
            world, "POST /scan HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\nx");
        door.Check("scan", HttpMethod.Post, "/scan", slowScan, "application/problem+json", scanProblem);
        var (slowForm, formProblem, _) = await ApiWire.AskAsync(
            world, $"{ApiWire.FormHead}Content-Length: 1000\r\n\r\n{ApiWire.FilePart}x");
        door.Check("upload", HttpMethod.Post, "/upload", slowForm, "application/problem+json", formProblem);
        var hash = Convert.ToHexStringLower(SHA256.HashData([1, 2]));
        await door.AskAsync("verdict", HttpMethod.Get, $"/verdicts/{hash}");
        await door.AskAsync("verdict", HttpMethod.Get, $"/verdicts/{new string('0', 64)}");
        await door.AskAsync("verdict", HttpMethod.Get, "/verdicts/x");
        await door.AskAsync("monitor", HttpMethod.Get, "/monitor");
    }

    private static async Task<(string Clean, string Infected, string Pending)> AskForJobsAsync(ApiWorld world, DescribedDoor door)
    {
        using var two = ApiWorld.Form(([1, 2, 3], "a"), ([.. Eicar.Bytes], "b"));
        using var one = ApiWorld.Form(([4], "c"));
        var jobs = await door.AskAsync("upload", HttpMethod.Post, "/upload", two);
        var (clean, infected) = (IdOf(jobs[0]), IdOf(jobs[1]));
        await door.AskAsync("result", HttpMethod.Get, $"/result/{clean}?wait=30s");
        await door.AskAsync("result", HttpMethod.Get, $"/result/{infected}?wait=30s");
        await door.AskAsync("result", HttpMethod.Get, $"/result/{infected}", null, ("Accept", "text/event-stream"));
        world.Clamd.OnContent = (connection, _) => connection.StallAsync();
        var pending = IdOf(await door.AskAsync("upload", HttpMethod.Post, "/upload", one));
        await door.AskAsync("result", HttpMethod.Get, $"/result/{pending}");
        await door.AskAsync("result", HttpMethod.Get, "/result/none");
        await door.AskAsync("result", HttpMethod.Get, "/result/none?wait=soon");
        await door.AskAsync("results", HttpMethod.Get, "/results");
        await door.AskAsync("results", HttpMethod.Get, "/results?status=odd");
        return (clean, infected, pending);
    }

    private static async Task AskForWebhooksAsync(DescribedDoor door, string pending)
    {
        foreach (var (operation, path) in ((string, string)[])
            [("subscribe", "/webhooks/subscribe"), ("unsubscribe", "/webhooks/unsubscribe")])
        {
            foreach (var body in (string[])
                [
                    $"{{\"url\": \"https://hooks.example.org/\", \"file_id\": \"{pending}\"}}",
                    "{\"url\": \"https://hooks.example.org/\", \"file_id\": \"none\"}",
                    "{}",
                ])
            {
                await door.AskAsync(operation, HttpMethod.Post, path, new StringContent(body));
            }
        }

        await door.AskAsync("webhooks", HttpMethod.Get, $"/webhooks/{pending}");
        await door.AskAsync("webhooks", HttpMethod.Get, "/webhooks/none");
    }

    private static async Task AskForFilesAsync(DescribedDoor door, string clean, string infected, string pending)
    {
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData([1, 2, 3]))}\"";
        await door.AskAsync("download", HttpMethod.Get, $"/download/{clean}");
        await door.AskAsync("download", HttpMethod.Get, $"/download/{clean}", null, ("Range", "bytes=0-1"));
        await door.AskAsync("download", HttpMethod.Get, $"/download/{clean}", null, ("Range", "bytes=9-"));
        await door.AskAsync("download", HttpMethod.Get, $"/download/{clean}", null, ("If-None-Match", tag));
        await door.AskAsync("download", HttpMethod.Get, $"/download/{clean}", null, ("If-Match", "\"x\""));
        await door.AskAsync("download", HttpMethod.Get, "/download/none");
        await door.AskAsync("download", HttpMethod.Get, $"/download/{infected}");
        await door.AskAsync("download", HttpMethod.Get, $"/download/{infected}?force=true");
        await door.AskAsync("download", HttpMethod.Get, $"/download/{pending}");
        await door.AskAsync("deleteFile", HttpMethod.Delete, $"/files/{clean}");
        await door.AskAsync("deleteFile", HttpMethod.Delete, $"/files/{clean}");
    }

    private static string IdOf(JsonElement job) => Convert.ToString(job.GetProperty("id"), CultureInfo.InvariantCulture)!;

    private static async Task<JsonElement> DocumentAsync(ApiWorld world)
    {
        var (status, document) = await world.GetAsync("/openapi.json");
        Assert.Equal(200, status);
        return document;
    }
}
