using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

public sealed class UploadTests
{
    private readonly byte[] _content = RandomBody.Of(400_000);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_IsAcceptedAsPendingWithWhereItsResultIs()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form((_content, "report.pdf"));

        var (status, body, headers) = await world.PostAsync("/upload", form);

        Assert.Equal(202, status);
        var id = body.GetProperty("id").GetString();
        Assert.Equal($"/result/{id}", headers.Location?.OriginalString);
        Assert.Equal(
            ("PENDING", "objects", $"{id}_report.pdf", "report.pdf"),
            (
                body.GetProperty("status").GetString(), body.GetProperty("bucket").GetString(), body.GetProperty("key").GetString(),
                body.GetProperty("original_filename").GetString()));
        Assert.Null(body.GetProperty("details").GetString());
        Assert.Equal("PENDING", (await world.GetAsync($"/result/{id}")).Body.GetProperty("status").GetString());
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(world.Objects, $"{id}_report.pdf"), Cancelled));
    }

    [Fact]
    public async Task CleanUpload_IsClearedAndDeliveredByteForByte()
    {
        await using var world = await ApiWorld.StartAsync();

        var result = await world.ResultAsync(_content, "ein „Name“ x.zip");

        Assert.Equal("CLEAN", result.GetProperty("status").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), result.GetProperty("sha256").GetString());
        Assert.Equal(_content.Length, result.GetProperty("size").GetInt64());
        var answer = await DownloadAsync(world, result.GetProperty("id").GetString()!);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(_content, await answer.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("ein „Name“ x.zip", answer.Content.Headers.ContentDisposition.FileNameStar);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InfectedUpload_IsToldAndNotDelivered()
    {
        await using var world = await ApiWorld.StartAsync();

        var result = await world.ResultAsync([.. Eicar.Bytes]);

        Assert.Equal(
            ("INFECTED", "Eicar-Test-Signature"), (result.GetProperty("status").GetString(), result.GetProperty("virus").GetString()));
        var answer = await DownloadAsync(world, result.GetProperty("id").GetString()!);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.True((await answer.Content.ReadAsByteArrayAsync(Cancelled)).AsSpan().IndexOf(Eicar.Bytes) < 0);
    }

    [Fact]
    public async Task PendingUpload_IsTooEarlyToDownload()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var answer = await DownloadAsync(world, await world.UploadAsync(_content));

        Assert.Equal(425, (int)answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Ranges_AreOfTheScannedFile()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = (await world.ResultAsync(_content)).GetProperty("id").GetString()!;

        var part = await DownloadAsync(world, id, request => request.Headers.Range = new RangeHeaderValue(100, 199));
        var none = await DownloadAsync(world, id, request => request.Headers.Range = new RangeHeaderValue(10_000_000, null));
        var tag = part.Headers.ETag!;
        var unchanged = await DownloadAsync(world, id, request => request.Headers.IfNoneMatch.Add(tag));

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(_content[100..200], await part.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, none.StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task SeveralFiles_AreSeveralJobs()
    {
        await using var world = await ApiWorld.StartAsync();
        using var form = ApiWorld.Form((_content, "a"), ([.. Eicar.Bytes], "b"));

        var (status, body, _) = await world.PostAsync("/upload", form);

        Assert.Equal((202, 2), (status, body.GetArrayLength()));
        var statuses = new List<string?>();
        foreach (var job in body.EnumerateArray())
        {
            var (_, result) = await world.GetAsync($"/result/{job.GetProperty("id").GetString()}?wait=30s");
            statuses.Add(result.GetProperty("status").GetString());
        }

        Assert.Equal(["CLEAN", "INFECTED"], statuses);
    }

    [Fact]
    public async Task DemoClientsPath_IsTakenToo()
    {
        await using var world = await ApiWorld.StartAsync();
        using var form = ApiWorld.Form((_content, "a"));

        Assert.Equal(202, (await world.PostAsync("/upload/", form)).Status);
        Assert.Equal(204, (await world.GetAsync("/heartbeat")).Status);
    }

    [Fact]
    public async Task Deleted_FileAndResultAreGone()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = (await world.ResultAsync(_content)).GetProperty("id").GetString()!;

        using var answer = await world.Client.DeleteAsync(new Uri($"/files/{id}", UriKind.Relative), Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(404, (await world.GetAsync($"/result/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DownloadAsync(world, id)).StatusCode);
        Assert.Empty(Directory.GetFiles(world.Objects, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Results_AreListedByStatusAndContentPageByPage()
    {
        await using var world = await ApiWorld.StartAsync("--ClamProxy:Api:PageSize=1");
        var clean = await world.ResultAsync(_content);
        await world.ResultAsync([.. Eicar.Bytes]);

        var (_, first) = await world.GetAsync("/results");
        var (_, second) = await world.GetAsync($"/results?cursor={first.GetProperty("next").GetString()}");
        var (_, infected) = await world.GetAsync("/results?status=infected");
        var (_, bySha) = await world.GetAsync($"/results?sha256={clean.GetProperty("sha256").GetString()!.ToUpperInvariant()}");

        Assert.Equal("INFECTED", OnlyOf(first));
        Assert.Equal("CLEAN", OnlyOf(second));
        Assert.Null(second.GetProperty("next").GetString());
        Assert.Equal("INFECTED", OnlyOf(infected));
        Assert.Equal("CLEAN", OnlyOf(bySha));
        static string? OnlyOf(System.Text.Json.JsonElement page) =>
            Assert.Single(page.GetProperty("results").EnumerateArray()).GetProperty("status").GetString();
    }

    [Fact]
    public async Task VerdictOfAContent_IsKnownOnceItWasScanned()
    {
        await using var world = await ApiWorld.StartAsync();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes));
        Assert.Equal(404, (await world.GetAsync($"/verdicts/{sha256}")).Status);

        await world.ResultAsync([.. Eicar.Bytes]);

        var (status, verdict) = await world.GetAsync($"/verdicts/{sha256}");
        Assert.Equal((200, "infected"), (status, verdict.GetProperty("verdict").GetString()));
        Assert.Equal(400, (await world.GetAsync("/verdicts/abc")).Status);
    }

    [Fact]
    public async Task Events_SayPendingAndThenTheOutcome()
    {
        await using var world = await ApiWorld.StartAsync();
        var finish = new TaskCompletionSource();
        world.Clamd.OnContent = async (connection, _) =>
        {
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var id = await world.UploadAsync(_content);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/result/{id}", UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/event-stream");

        using var answer = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal("event: result", await reader.ReadLineAsync(Cancelled));
        Assert.Contains("\"PENDING\"", await reader.ReadLineAsync(Cancelled), StringComparison.Ordinal);
        finish.SetResult();
        var rest = await reader.ReadToEndAsync(Cancelled);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("event: result\ndata: ", rest, StringComparison.Ordinal);
        Assert.Contains("\"CLEAN\"", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkersInAnotherProcess_DoTheJobs()
    {
        using var data = new TempFolder();
        await using var api = await ApiWorld.StartAsync("proxy,api", [], data);
        var id = await api.UploadAsync([.. Eicar.Bytes]);

        await using var worker = await ProxyWorld.StartAsync("--DOORS=proxy,worker", $"--DATA_PATH={data.Path}");

        Assert.Equal("INFECTED", (await api.GetAsync($"/result/{id}?wait=30s")).Body.GetProperty("status").GetString());
    }

    [Fact]
    public async Task ProxysPort_KnowsNothingOfTheApi()
    {
        await using var world = await ApiWorld.StartAsync();

        var answer = await world.Host.GetAsync("/results");

        Assert.NotEqual(200, answer.Status);
        Assert.Contains(world.Host.Origin.Requests, request => request.Target == "/results");
    }

    private static async Task<HttpResponseMessage> DownloadAsync(
        ApiWorld world, string id, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(string.Create(CultureInfo.InvariantCulture, $"/download/{id}"), UriKind.Relative));
        change?.Invoke(request);
        return await world.Client.SendAsync(request, Cancelled);
    }
}
