using System.Globalization;
using System.Text;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>Requests that no client library sends, and bodies that never end: a clear error each, and nothing of them is left.</summary>
public sealed class BadRequestTests
{
    private const string Head = "Host: localhost\r\nConnection: close\r\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/scan", "Content-Length: 3000000000", 413, "MAX_FILE_SIZE")]
    [InlineData("/upload", "Content-Length: 3000000000\r\nContent-Type: multipart/form-data; boundary=b", 413, "MaxFiles")]
    public async Task BodyAnnouncedTooLarge_IsRefusedBeforeItIsSent(string path, string fields, int status, string says)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--MAX_FILE_SIZE=100M"]);

        var (answered, problem, _) = await ApiWire.AskAsync(world, $"POST {path} HTTP/1.1\r\n{Head}{fields}\r\n\r\n");

        Assert.Equal((status, "urn:clamproxy:problem:too-large"), (answered, problem.GetProperty("type").GetString()));
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("/scan", "")]
    [InlineData("/upload", ApiWire.FilePart)]
    public async Task ChunkedBodyThatGrowsWithoutEnd_IsRefusedAtTheBound(string path, string start)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--MAX_FILE_SIZE=1M"]);
        using var client = await ApiWire.ConnectAsync(world);
        var stream = client.GetStream();
        var answer = Wire.ReadToEndAsync(client);
        var type = start.Length == 0 ? "application/octet-stream" : "multipart/form-data; boundary=b";
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes($"POST {path} HTTP/1.1\r\n{Head}Content-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Cancelled);
        var chunk = new string('x', 64 << 10);
        try
        {
            await SendChunkAsync(start);
            // Far more than the bound; it ends sooner, by the answer.
            for (var sent = 0; sent < 1000 && !answer.IsCompleted; sent++)
            {
                await SendChunkAsync(chunk);
            }
        }
        catch (IOException)
        {
            // The API has answered and closed.
        }

        var (status, problem, _) = ApiWire.Read(await answer);

        Assert.Equal((413, "urn:clamproxy:problem:too-large"), (status, problem.GetProperty("type").GetString()));
        await LeavesNothingAsync(world);

        async Task SendChunkAsync(string text)
        {
            if (text.Length > 0)
            {
                var framed = string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n");
                await stream.WriteAsync(Encoding.Latin1.GetBytes(framed), Cancelled);
            }
        }
    }

    [Theory]
    [InlineData("Content-Length: 5", "xx", 408)]
    [InlineData("Content-Length: x", "", 400)]
    [InlineData("Content-Length: 2\r\nContent-Length: 3", "xxx", 400)]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n", 400)]
    public async Task WrongLength_IsAnErrorAndLeavesNothing(string field, string body, int status)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:Intake:IdleTimeout=300ms"]);

        var (answered, _, answer) = await ApiWire.AskAsync(world, $"POST /scan HTTP/1.1\r\n{Head}{field}\r\n\r\n{body}");

        Assert.True(status == answered, answer);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("", "next field")]
    [InlineData("--b\r\nContent-Dispo", "next field")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"priority\"\r\n\r\nhi", "next field")]
    [InlineData(ApiWire.FilePart + "xx", "came for")]
    [InlineData(ApiWire.FilePart + "xx\r\n--b\r\n", "next field")]
    public async Task FormThatStopsComing_IsATimeoutWhereverItStops(string sent, string says)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:Intake:IdleTimeout=300ms"]);

        var (status, problem, _) = await ApiWire.AskAsync(world, $"{ApiWire.FormHead}Content-Length: 1000\r\n\r\n{sent}");

        Assert.Equal((408, "urn:clamproxy:problem:body-timed-out"), (status, problem.GetProperty("type").GetString()));
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData(true, "MaxFiles")]
    [InlineData(false, "MaxFields")]
    public async Task TenThousandParts_AreRefusedAtTheBound(bool areFiles, string says)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        var body = new StringBuilder();
        for (var number = 0; number < 10_000; number++)
        {
            body.Append(CultureInfo.InvariantCulture, $"--b\r\nContent-Disposition: form-data; name=\"f{number}\"");
            body.Append(areFiles ? "; filename=\"a\"" : "").Append("\r\n\r\nx\r\n");
        }

        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body.Append("--b--\r\n").ToString()));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");

        var (status, problem, _) = await world.PostAsync("/upload", content);

        Assert.Equal(400, status);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task PartWithEndlessHeaders_IsRefused()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(
            "--b\r\n" + string.Concat(Enumerable.Range(0, 1000).Select(number => $"X-{number}: {new string('x', 100)}\r\n"))));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");

        var (status, problem, _) = await world.PostAsync("/upload", content);

        Assert.Equal(400, status);
        Assert.Contains("not well-formed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("GET", "/scan", "POST")]
    [InlineData("PUT", "/upload", "POST")]
    [InlineData("DELETE", "/result/x", "GET, HEAD")]
    [InlineData("POST", "/results", "GET, HEAD")]
    [InlineData("GET", "/files/x", "DELETE")]
    [InlineData("POST", "/", "GET, HEAD")]
    public async Task WrongMethod_SaysWhichThereAre(string method, string path, string allowed)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));

        using var answer = await world.Client.SendAsync(request, Cancelled);

        Assert.Equal(405, (int)answer.StatusCode);
        Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(allowed, await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"url\": 1}")]
    [InlineData("{\"url\": null}")]
    [InlineData("{\"url\": \"http://127.0.0.1/a\", \"other\": 1}")]
    [InlineData("{\"url\": \"http://127.0.0.1/a\"")]
    public async Task WrongJson_SaysWhatARightOneIs(string body)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var (status, problem, _) = await world.PostAsync("/scan/url", new StringContent(body));

        Assert.Equal(400, status);
        Assert.Contains("{\"url\": \"https://", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("{\"url\": \"ftp://127.0.0.1/a\"}", 400)]
    [InlineData("{\"url\": \"not a url\"}", 400)]
    [InlineData("{\"url\": \"http://127.0.0.1/a\", \"priority\": \"urgent\"}", 400)]
    [InlineData("{\"url\": \"http://169.254.169.254/latest\"}", 403)]
    public async Task WrongUrlOrPriority_IsRefused(string body, int refusal)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var (status, problem, _) = await world.PostAsync("/scan/url", new StringContent(body));

        Assert.Equal(refusal, status);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task JsonThatIsTooLong_IsRefused()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var (status, _, _) = await world.PostAsync(
            "/scan/url", new StringContent($"{{\"url\": \"http://127.0.0.1/{new string('x', 100_000)}\"}}"));

        Assert.Equal(400, status);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("a\u202egpj.exe")]
    [InlineData("a\rb")]
    [InlineData("\u0000")]
    [InlineData("%0d%0aSet-Cookie: a=b")]
    [InlineData("\"; filename=\"b")]
    public async Task HostileName_IsNeverAFieldAndNeverMoreThanAName(string name)
    {
        await using var world = await ApiWorld.StartAsync();
        using var form = new MultipartFormDataContent("b");
        using var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.TryAddWithoutValidation(
            "Content-Disposition", $"form-data; name=\"file\"; filename*=UTF-8''{Uri.EscapeDataString(name)}");
        form.Add(file);
        var (_, job, _) = await world.PostAsync("/upload", form);
        var id = job.GetProperty("id").GetString();
        await world.GetAsync($"/result/{id}?wait=30s");

        using var answer = await world.Client.GetAsync(new Uri($"/download/{id}", UriKind.Relative), Cancelled);

        Assert.Equal([1, 2, 3], await answer.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.DoesNotContain(job.GetProperty("original_filename").GetString()!, char.IsControl);
    }

    [Fact]
    public async Task NameOfAThousandCharacters_IsCut()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form(([1], new string('x', 1000)));

        var (_, job, _) = await world.PostAsync("/upload", form);

        Assert.InRange(Encoding.UTF8.GetByteCount(job.GetProperty("original_filename").GetString()!), 1, 255);
    }

    [Fact]
    public async Task FieldThatIsTooLong_Is431()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var (status, _, _) = await ApiWire.AskAsync(world, $"GET /heartbeat HTTP/1.1\r\n{Head}X-Long: {new string('x', 9000)}\r\n\r\n");

        Assert.Equal(431, status);
    }

    [Fact]
    public async Task RequestsOfOneClientOverItsShare_AreRefusedAtOnce()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:MaxRequestsPerClient=2"]);
        using var first = await ApiWire.ConnectAsync(world);
        using var second = await ApiWire.ConnectAsync(world);
        foreach (var client in new[] { first, second })
        {
            await client.GetStream().WriteAsync(
                Encoding.Latin1.GetBytes($"POST /scan HTTP/1.1\r\n{Head}Content-Length: 5\r\n\r\nx"), Cancelled);
        }

        await world.Host.WaitForMetricAsync("clamproxy_http_requests_active", 2);
        var (status, problem, answer) = await ApiWire.AskAsync(world, $"GET /heartbeat HTTP/1.1\r\n{Head}\r\n");

        Assert.Equal((503, "urn:clamproxy:problem:overloaded"), (status, problem.GetProperty("type").GetString()));
        Assert.Contains("Retry-After: ", answer, StringComparison.Ordinal);
    }

    private static async Task LeavesNothingAsync(ApiWorld world)
    {
        await world.Host.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await world.Host.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
        Assert.Empty(Directory.Exists(world.Objects) ? Directory.GetFileSystemEntries(world.Objects) : []);
        Assert.Empty(Directory.GetFiles(world.Host.SpoolPath));
        Assert.Empty((await world.GetAsync("/results")).Body.GetProperty("results").EnumerateArray());
    }
}
