using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>Requests that are wrong: each gets a clear error, and nothing of it is left.</summary>
public sealed class BadUploadTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json", "{}", "curl -F file=@FILE")]
    [InlineData("multipart/form-data", "x", "boundary")]
    [InlineData("multipart/form-data; boundary=b", "", "broke off")]
    [InlineData(
        "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n", "has no file")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\n\r\n1\r\n--b--\r\n", "Content-Disposition")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nno field\r\n\r\n1\r\n--b--\r\n", "not well-formed")]
    public async Task NotAFormWithAFile_SaysWhatIsTaken(string type, string body, string says)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        var (status, problem, _) = await world.PostAsync("/upload", content);

        Assert.Equal(400, status);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task FormCutOff_IsABrokenBodyAndLeavesNothing()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + new string('x', 50_000)));
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");

        var (status, problem, _) = await world.PostAsync("/upload", content);

        Assert.Equal((400, "urn:clamproxy:problem:body-broken"), (status, problem.GetProperty("type").GetString()));
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task TooLarge_Is413AndLeavesNothing()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--MAX_FILE_SIZE=100K"]);
        using var form = ApiWorld.Form((RandomBody.Of(300_000), "a"));
        using var raw = new ByteArrayContent(RandomBody.Of(300_000));

        Assert.Equal(413, (await world.PostAsync("/upload", form)).Status);
        Assert.Equal(413, (await world.PostAsync("/scan", raw)).Status);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task TooManyPartsAndFields_AreRefused()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:Api:MaxFiles=2", "--ClamProxy:Api:MaxFields=1"]);
        using var files = ApiWorld.Form([.. Enumerable.Range(0, 3).Select(number => (new byte[] { 1 }, $"{number}"))]);
        using var fields = ApiWorld.Form(([1], "a"));
        fields.Add(new StringContent("1"), "one");
        fields.Add(new StringContent("1"), "two");
        using var two = ApiWorld.Form(([1], "a"), ([1], "b"));

        Assert.Contains("MaxFiles", await DetailAsync(world, "/upload", files), StringComparison.Ordinal);
        Assert.Contains("MaxFields", await DetailAsync(world, "/upload", fields), StringComparison.Ordinal);
        Assert.Contains("POST /upload", await DetailAsync(world, "/scan", two), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task UnknownPriority_SaysWhichThereAre()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form(([1], "a"));
        form.Add(new StringContent("urgent"), "priority");

        Assert.Contains("high or normal", await DetailAsync(world, "/upload", form), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task FieldThatIsTooLong_IsRefused()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form(([1], "a"));
        form.Add(new StringContent(new string('x', 10_000)), "priority");

        Assert.Contains("4096 bytes", await DetailAsync(world, "/upload", form), StringComparison.Ordinal);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("../../../etc/cron.d/x")]
    [InlineData("..")]
    [InlineData("a\\b\\c")]
    [InlineData("CON")]
    public async Task HostileName_IsAPlainNameInTheFolder(string name)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var id = await world.UploadAsync([1, 2, 3], name);

        Assert.StartsWith(id, Path.GetFileName(Assert.Single(Directory.GetFiles(world.Objects))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/result/none")]
    [InlineData("/result/%2e%2e%2fjobs.db")]
    [InlineData("/download/none")]
    [InlineData("/nothing")]
    public async Task UnknownId_Is404WithAProblem(string path)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var (status, problem) = await world.GetAsync(path);

        Assert.Equal((404, "urn:clamproxy:problem:not-found"), (status, problem.GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("/result/x?wait=soon", "30s")]
    [InlineData("/results?status=maybe", "PENDING")]
    [InlineData("/results?sha256=abc", "64 hexadecimal")]
    [InlineData("/results?since=yesterday", "2026")]
    [InlineData("/results?cursor=x", "next")]
    public async Task WrongQuery_SaysWhatARightOneIs(string path, string says)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        var (status, problem) = await world.GetAsync(path);

        Assert.Equal(400, status);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueueIsFull_Is503WithRetryAfterAndLeavesNothing()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:Jobs:MaxWaiting=1"]);
        await world.UploadAsync([1]);
        using var form = ApiWorld.Form(([2], "a"));

        var (status, _, headers) = await world.PostAsync("/upload", form);

        Assert.Equal(503, status);
        Assert.NotNull(headers.RetryAfter);
        Assert.Single(Directory.GetFiles(world.Objects));
    }

    [Fact]
    public async Task RoomIsFull_Is503()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--ClamProxy:Objects:MaxTotal=1M"]);
        using var form = ApiWorld.Form((RandomBody.Of(1_200_000), "a"));

        var (status, problem, _) = await world.PostAsync("/upload", form);

        Assert.Equal((503, "urn:clamproxy:problem:objects-full"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Rights_AreAskedForOneByOne()
    {
        var (all, few) = ("a-token-for-all", "a-token-for-scans");
        await using var world = await ApiWorld.StartAsync(
            $"--API_CREDENTIALS=all:sha256:{Hash(all)}:scan+read+delete+force,few:sha256:{Hash(few)}:scan");
        using var form = ApiWorld.Form(([.. Eicar.Bytes], "a"));
        Assert.Equal(401, (await world.PostAsync("/upload", form)).Status);
        Assert.Equal(401, (await world.GetAsync("/results")).Status);

        world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", few);
        var id = await world.UploadAsync([.. Eicar.Bytes]);
        Assert.Equal(403, (await world.GetAsync($"/result/{id}")).Status);

        world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", all);
        Assert.Equal("INFECTED", (await world.GetAsync($"/result/{id}?wait=30s")).Body.GetProperty("status").GetString());
        Assert.Equal(409, (await world.GetAsync($"/download/{id}")).Status);
        Assert.Equal(Eicar.Bytes, await world.Client.GetByteArrayAsync(new Uri($"/download/{id}?force=true", UriKind.Relative), Cancelled));
    }

    [Fact]
    public async Task WithoutCredentials_NobodyFetchesByForce()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = (await world.ResultAsync([.. Eicar.Bytes])).GetProperty("id").GetString();

        Assert.Equal(403, (await world.GetAsync($"/download/{id}?force=true")).Status);
    }

    [Fact]
    public async Task WithoutDataPath_TheStartSaysWhatIsMissing()
    {
        var (application, problems) = ProxyApplication.Build(["--DOORS=api"]);

        Assert.Null(application);
        Assert.Contains("DATA_PATH", Assert.Single(problems), StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public void UnknownDoor_TheStartSaysWhichThereAre()
    {
        var (_, problems) = ProxyApplication.Build(["--DOORS=proxy,smtp"]);

        Assert.Contains("proxy, api, icap, ext-proc, worker, buckets", Assert.Single(problems), StringComparison.Ordinal);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static async Task<string?> DetailAsync(ApiWorld world, string path, HttpContent content)
    {
        var (status, problem, _) = await world.PostAsync(path, content);
        Assert.Equal(400, status);
        return problem.GetProperty("detail").GetString();
    }

    private static async Task LeavesNothingAsync(ApiWorld world)
    {
        await world.Host.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await world.Host.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
        Assert.Empty(Directory.Exists(world.Objects) ? Directory.GetFileSystemEntries(world.Objects) : []);
        Assert.Empty((await world.GetAsync("/results")).Body.GetProperty("results").EnumerateArray());
    }
}
