using System.Net;
using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>
/// The requests of ScanAsService's own demo client (aiohttp) and of the curl lines in its README, byte for byte where that matters. Where
/// an answer differs, docs/api.md says so and why.
/// </summary>
public sealed class SeedClientTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>aiohttp's form: a boundary of hexadecimal digits, the part's fields in its order; a path that ends in a slash.</summary>
    [Theory]
    [InlineData(false, "CLEAN")]
    [InlineData(true, "INFECTED")]
    public async Task DemoClient_UploadsAndPollsUntilThereIsAResult(bool isInfected, string outcome)
    {
        await using var world = await ApiWorld.StartAsync();
        var content = isInfected ? Encoding.Latin1.GetString(Eicar.Bytes) : "";
        const string boundary = "9f1c2b3a4d5e6f708192a3b4c5d6e7f8";
        var body = $"--{boundary}\r\nContent-Type: application/octet-stream\r\n"
            + $"Content-Disposition: form-data; name=\"file\"; filename=\"test_upload.txt\"\r\n\r\n{content}\r\n--{boundary}--\r\n";
        var (status, job, _) = await ApiWire.AskAsync(
            world,
            "POST /upload/ HTTP/1.1\r\nHost: localhost:8000\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
            + "User-Agent: Python/3.12 aiohttp/3.9.5\r\nConnection: close\r\n"
            + $"Content-Length: {body.Length}\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n\r\n{body}");

        // Not 200 (docs/api.md): the scan has not happened yet.
        Assert.Equal(202, status);
        Assert.Equal(
            ("PENDING", "test_upload.txt", JsonValueKind.Null),
            (
                job.GetProperty("status").GetString(),
                job.GetProperty("original_filename").GetString(),
                job.GetProperty("details").ValueKind));
        Assert.All(["id", "timestamp", "bucket", "key"], name => Assert.NotEmpty(job.GetProperty(name).GetString()!));
        // It takes any 2xx with a status that is no end for "not ready yet", and asks again.
        JsonElement result;
        do
        {
            (var answered, result) = await world.GetAsync($"/result/{job.GetProperty("id").GetString()}?wait=1s");
            Assert.Equal(200, answered);
        }
        while (result.GetProperty("status").GetString() is not ("CLEAN" or "INFECTED" or "ERROR" or "UNREACHABLE"));
        Assert.Equal(outcome, result.GetProperty("status").GetString());
        Assert.All(
            [
                "id", "status", "timestamp", "details", "bucket", "key", "original_filename", "instance", "virus", "analyse", "duration",
                "worker",
            ],
            name => Assert.True(result.TryGetProperty(name, out _), name));
        Assert.StartsWith(
            isInfected ? "quarantine/" : "processed/", result.GetProperty("key").GetString(), StringComparison.Ordinal);
    }

    /// <summary><c>curl -L -o sample.pdf "http://localhost:8000/download/ID?force=true"</c>.</summary>
    [Theory]
    [InlineData("", 200)]
    [InlineData("?force=false", 200)]
    [InlineData("?force=true", 403)]
    public async Task ReadmesDownload_GivesTheCleanFileWithItsName(string query, int status)
    {
        await using var world = await ApiWorld.StartAsync();
        var id = (await world.ResultAsync([1, 2, 3], "sample.pdf")).GetProperty("id").GetString();

        using var answer = await world.Client.GetAsync(new Uri($"/download/{id}{query}", UriKind.Relative), Cancelled);

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 200)
        {
            Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("sample.pdf", answer.Content.Headers.ContentDisposition!.FileName);
            Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync(Cancelled));
        }
    }

    [Fact]
    public async Task InfectedDownload_IsAConflictAndNamesTheSignature()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = (await world.ResultAsync([.. Eicar.Bytes], "x.com")).GetProperty("id").GetString();

        var (status, problem) = await world.GetAsync($"/download/{id}");

        Assert.Equal((409, "urn:clamproxy:problem:infected"), (status, problem.GetProperty("type").GetString()));
        Assert.Contains("ClamAV found", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadBeforeTheVerdict_IsNo2xx()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        var id = await world.UploadAsync([1]);

        using var answer = await world.Client.GetAsync(new Uri($"/download/{id}", UriKind.Relative), Cancelled);

        Assert.Equal((425, true), ((int)answer.StatusCode, answer.Headers.RetryAfter is not null));
        Assert.Equal(200, (await world.GetAsync($"/result/{id}")).Status);
    }

    [Fact]
    public async Task UploadWithoutAFile_IsABadRequest()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = new MultipartFormDataContent { { new StringContent("1"), "other" } };

        Assert.Equal(400, (await world.PostAsync("/upload", form)).Status);
    }

    [Theory]
    [InlineData("/heartbeat", HttpStatusCode.NoContent)]
    [InlineData("/heartbeat/", HttpStatusCode.NoContent)]
    [InlineData("/monitor", HttpStatusCode.OK)]
    [InlineData("/openapi.json", HttpStatusCode.OK)]
    [InlineData("/docs", HttpStatusCode.Found)]
    public async Task OtherPaths_Answer(string path, HttpStatusCode status)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        using var answer = await world.Client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);

        Assert.Equal(status, answer.StatusCode);
    }
}
