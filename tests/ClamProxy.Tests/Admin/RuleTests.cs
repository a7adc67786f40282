using System.Text.Json;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Admin;

/// <summary>Exceptions and blocks that are added while the process runs.</summary>
public sealed class RuleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sha256")]
    [InlineData("signature")]
    [InlineData("target")]
    public async Task AddedWaiver_ReleasesAtOnceAndOutlivesARestartUntilItIsRemoved(string what)
    {
        string id;
        await using (var world = await AdminWorld.StartAsync(_folder))
        {
            world.FindFile();
            Assert.Equal(409, (await world.GetFileAsync()).Status);

            var added = await world.PostAsync("/waivers", Waiver(world, what));

            Assert.Equal(200, added.Status);
            id = AdminWorld.Json(added).GetProperty("id").GetString()!;
            Assert.Equal(200, (await world.GetFileAsync()).Status);
        }

        await using var later = await AdminWorld.StartAsync(_folder);
        later.FindFile();
        if (what != "target")
        {
            Assert.Equal(200, (await later.GetFileAsync()).Status);
        }

        var listed = Assert.Single(AdminWorld.Json(await later.GetAsync("/waivers")).GetProperty("rules").EnumerateArray());
        Assert.Equal((id, "ada", true, true), (
            listed.GetProperty("id").GetString(), listed.GetProperty("owner").GetString(),
            listed.GetProperty("inForce").GetBoolean(), listed.GetProperty("removable").GetBoolean()));

        Assert.Equal(200, (await later.SendAsync(HttpMethod.Delete, $"/waivers/{id}", null)).Status);

        Assert.Empty(AdminWorld.Json(await later.GetAsync("/waivers")).GetProperty("rules").EnumerateArray());
        Assert.Equal(409, (await later.GetFileAsync()).Status);
    }

    [Fact]
    public async Task WaiverOfTheOperatorsFile_IsListedWithItsPlaceAndNotRemoved()
    {
        var own = _folder.File("exceptions.json");
        await File.WriteAllTextAsync(
            own,
            """[ { "signature": "Own.Sig", "owner": "o", "reason": "r", "expires": "2099-01-01T00:00:00Z" } ]""",
            TestContext.Current.CancellationToken);
        await using var world = await AdminWorld.StartAsync(_folder, $"--EXCEPTIONS_FILE={own}");

        var listed = AdminWorld.Json(await world.GetAsync("/waivers")).GetProperty("rules")[0];
        var removal = await world.SendAsync(HttpMethod.Delete, $"/waivers/{listed.GetProperty("id").GetString()}", null);

        Assert.Equal((own, 1, false), (
            listed.GetProperty("file").GetString(), listed.GetProperty("entry").GetInt32(), listed.GetProperty("removable").GetBoolean()));
        Assert.Equal(409, removal.Status);
        Assert.Contains($"{own}, entry 1", removal.Problem("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddedAgain_IsReplaced()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        await world.PostAsync("/waivers", """{"signature": "A", "owner": "o", "reason": "first", "until": "1d"}""");
        await world.PostAsync("/waivers", """{"signature": "A", "owner": "o", "reason": "second", "until": "2099-01-31T00:00:00Z"}""");

        var one = Assert.Single(AdminWorld.Json(await world.GetAsync("/waivers")).GetProperty("rules").EnumerateArray());
        Assert.Equal("second", one.GetProperty("reason").GetString());
        Assert.Equal("2099-01-31T00:00:00+00:00", one.GetProperty("until").GetString());
    }

    [Theory]
    [InlineData("/waivers", """{"signature": "A", "owner": "o", "reason": "r"}""")]
    [InlineData("/waivers", """{"signature": "A", "owner": "o", "reason": "r", "until": "tomorrow"}""")]
    [InlineData("/waivers", """{"signature": "A", "owner": "o", "reason": "r", "until": "2027-01-31T00:00:00"}""")]
    [InlineData("/waivers", """{"signature": "A", "owner": "o", "reason": "r", "until": "2020-01-31T00:00:00Z"}""")]
    [InlineData("/waivers", """{"signature": "A", "reason": "r", "until": "1d"}""")]
    [InlineData("/waivers", """{"signature": "A", "owner": "o", "until": "1d"}""")]
    [InlineData("/waivers", """{"owner": "o", "reason": "r", "until": "1d"}""")]
    [InlineData("/waivers", """{"signature": "A", "sha256": "B", "owner": "o", "reason": "r", "until": "1d"}""")]
    [InlineData("/waivers", """{"target": "https://example.org", "owner": "o", "reason": "r", "until": "1d"}""")]
    [InlineData("/waivers", """{"signature": "A", "owner": "o", "reason": "r", "until": "1d", "expires": "1d"}""")]
    [InlineData("/blocks", """{"sha256": "AB", "reason": "r"}""")]
    [InlineData("/blocks", """{"version": "1", "target": "http://a/", "reason": "r"}""")]
    [InlineData("/blocks", """{"package": "a", "reason": "r", "until": "never"}""")]
    public async Task WrongRule_IsRefusedAndNothingIsKept(string path, string json)
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var answer = await world.PostAsync(path, json);

        Assert.Equal(400, answer.Status);
        Assert.Empty(AdminWorld.Json(await world.GetAsync(path)).GetProperty("rules").EnumerateArray());
    }

    [Fact]
    public async Task MoreThanMaxAddedRules_IsAConflict()
    {
        await using var world = await AdminWorld.StartAsync(_folder, "--ClamProxy:Policies:MaxAddedRules=1");
        Assert.Equal(200, (await world.PostAsync("/blocks", """{"package": "a", "reason": "r"}""")).Status);

        var second = await world.PostAsync("/blocks", """{"package": "b", "reason": "r"}""");

        Assert.Equal(409, second.Status);
        Assert.Contains("MaxAddedRules", second.Problem("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAFolder_NoneCanBeAdded()
    {
        await using var world = await AdminWorld.StartAsync(_folder, "--DATA_PATH=");

        var answer = await world.PostAsync("/blocks", """{"package": "a", "reason": "r"}""");

        Assert.Equal(409, answer.Status);
        Assert.Contains("RULES_PATH", answer.Problem("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddedBlock_RefusesAStoredFileUntilItIsRemoved()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        Assert.Equal(200, (await world.GetFileAsync()).Status);

        var added = await world.PostAsync("/blocks", """{"package": "Evil", "version": "1.2.3", "reason": "CVE-1", "until": "1d"}""");

        var refused = await world.GetFileAsync();
        Assert.Equal((409, "Blocked by the operator"), (refused.Status, refused.Reason));
        var id = AdminWorld.Json(added).GetProperty("id").GetString();
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Delete, $"/blocks/{id}", null)).Status);
        Assert.Equal(200, (await world.GetFileAsync()).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task BlockedContent_IsRefusedInEachFormAndInAnUpstreamsPlace(string method)
    {
        await using var world = await AdminWorld.StartAsync(_folder, "--ClamProxy:Download:Retries=0");
        world.World.Origin.On("/index", context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.ContentEncoding = "gzip";
            return FakeOrigin.SendAsync(context, CodedBody.Of("gzip", AdminWorld.Content));
        });
        Assert.Equal(200, (await AskAsync("GET")).Status);
        world.World.Origin.On("/index", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        Assert.Equal(200, (await AskAsync(method)).Status);

        await world.PostAsync("/blocks", $$"""{"sha256": "{{AdminWorld.Sha256}}", "reason": "r"}""");

        Assert.Equal(409, (await AskAsync(method)).Status);

        async Task<Reply> AskAsync(string by)
        {
            using var request = world.World.Request("/index", method: new HttpMethod(by));
            request.Headers.Remove("Cache-Scan");
            request.Headers.TryAddWithoutValidation("Cache-Scan", "Revalidate");
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            return await world.World.SendAsync(request);
        }
    }

    [Fact]
    public async Task ProcessesThatShareTheFolder_HaveTheSameRules()
    {
        await using var one = await AdminWorld.StartAsync(_folder);
        await using var other = await AdminWorld.StartAsync(_folder);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => (number % 2 == 0 ? one : other).PostAsync(
            "/blocks", $$"""{"package": "p{{number}}", "reason": "r"}""")));

        Assert.Equal(10, AdminWorld.Json(await one.GetAsync("/blocks")).GetProperty("rules").GetArrayLength());
        Assert.Equal(10, AdminWorld.Json(await other.GetAsync("/blocks")).GetProperty("rules").GetArrayLength());
    }

    private static string Waiver(AdminWorld world, string what) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        [what] = what switch
        {
            "sha256" => AdminWorld.Sha256,
            "signature" => "Local.Evil.UNOFFICIAL",
            _ => world.World.Origin.Url + "/packages/",
        },
        ["owner"] = "ada",
        ["reason"] = "false alarm",
        ["until"] = "1d",
    });
}
