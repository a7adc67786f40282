using System.Security.Cryptography;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// What clients get when nginx sends the store's files: the same as from ClamProxy itself, field by field and range by range.
/// </summary>
public sealed class NginxSendsTests(SharedStore store) : IClassFixture<SharedStore>
{
    /// <summary>Of each server's own.</summary>
    // Vary names the field by which nginx asked to send the file itself, which the other way does not have.
    private static readonly string[] Own = ["Date", "Server", "Connection", "Vary"];

    [Theory]
    [InlineData("PYPI_PORT")]
    [InlineData("EXAMPLE_PORT")]
    public async Task WholeFile_IsSentByNginxAndNotByClamProxy(string server)
    {
        var answer = await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel + $"?{server}", server: server);
        Assert.Equal((200, store.Text), (answer.Status, answer.Body));
        answer = await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel + $"?{server}", server: server);

        Assert.Equal((200, store.Text), (answer.Status, answer.Body));
        Assert.Equal("ClamProxy; hit; detail=store", answer["Cache-Status"]);
        var line = $"GET {SharedStore.Wheel}?{server} 200 400000 ";
        await store.Nginx.AnswerAsync($"{line}0".Equals);
        Assert.Contains($"{line}400000", store.Nginx.Answers);
    }

    [Theory]
    [InlineData(SharedStore.Wheel)]
    [InlineData(SharedStore.Bare)]
    public async Task EveryField_IsClamProxysAndThereOnce(string path)
    {
        const string Id = "X-Request-ID: of-this-request\r\n";
        var expected = await store.AskProxyAsync(path, Id);
        var actual = await SharedStore.AskAsync(store.Nginx, path, Id);

        Assert.Equal(expected.Body, actual.Body);
        Assert.Equal(expected.Fields.Keys.Except(Own).Order(), actual.Fields.Keys.Except(Own).Order());
        foreach (var name in expected.Fields.Keys.Except([.. Own, "Server-Timing", "Age"]))
        {
            Assert.Equal((name, expected[name]), (name, actual[name]));
        }

        Assert.DoesNotContain(", ", actual["Age"]!, StringComparison.Ordinal);
        Assert.Equal(3, actual["Server-Timing"]!.Split(", ").Length);
    }

    [Theory]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=1000-299999")]
    [InlineData("bytes=399999-")]
    [InlineData("bytes=-5")]
    [InlineData("bytes=-999999")]
    [InlineData("bytes=0-1,5-9,-3")]
    [InlineData("bytes=5-9,0-1,500000-")]
    [InlineData("bytes=400000-")]
    [InlineData("bytes=9-2")]
    [InlineData("bytes=x")]
    [InlineData("pages=1-2")]
    public async Task Ranges_AreTheSameFromBoth(string range)
    {
        var expected = await store.AskProxyAsync(SharedStore.Wheel, $"Range: {range}\r\n");
        var actual = await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel, $"Range: {range}\r\n");

        Assert.Equal(expected.AsRange(), actual.AsRange());
        Assert.Equal((expected["Repr-Digest"], expected["Scan-Verdict"]), (actual["Repr-Digest"], actual["Scan-Verdict"]));
        if (actual.Status != 416)
        {
            Assert.Equal((expected["ETag"], expected["Last-Modified"]), (actual["ETag"], actual["Last-Modified"]));
        }
    }

    [Theory]
    [InlineData(64, 206)]
    [InlineData(65, 200)]
    public async Task MoreRangesThanAllowed_GetTheWholeFile(int count, int status)
    {
        var range = $"Range: bytes={string.Join(',', Enumerable.Range(0, count).Select(part => $"{part * 2}-{part * 2}"))}\r\n";

        Assert.Equal(status, (await store.AskProxyAsync(SharedStore.Wheel, range)).Status);
        Assert.Equal(status, (await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel, range)).Status);
    }

    [Theory]
    [InlineData(SharedStore.Tag, 206)]
    [InlineData("\"another\"", 200)]
    [InlineData(SharedStore.Modified, 206)]
    [InlineData("Thu, 20 Nov 2025 08:00:01 GMT", 200)]
    public async Task IfRange_IsComparedWithUpstreamsOwn(string validator, int status)
    {
        var answer = await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel, $"Range: bytes=2-3\r\nIf-Range: {validator}\r\n");

        Assert.Equal((status, status == 206 ? store.Text[2..4] : store.Text), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData($"If-None-Match: {SharedStore.Tag}", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"another\"", 200)]
    [InlineData($"If-Modified-Since: {SharedStore.Modified}", 304)]
    [InlineData("If-Modified-Since: Fri, 20 Nov 2099 08:00:00 GMT", 304)]
    [InlineData("If-Modified-Since: Thu, 20 Nov 2025 07:59:59 GMT", 200)]
    [InlineData($"If-Match: {SharedStore.Tag}", 200)]
    [InlineData("If-Match: \"another\"", 412)]
    [InlineData($"If-Unmodified-Since: {SharedStore.Modified}", 200)]
    [InlineData("If-Unmodified-Since: Thu, 20 Nov 2025 07:59:59 GMT", 412)]
    public async Task Conditions_AreWeighedAgainstUpstreamsOwn(string condition, int status)
    {
        var answer = await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel, $"{condition}\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? store.Text : "", status == 412 ? "" : answer.Body);
        Assert.Equal(status == 412 ? null : SharedStore.Tag, answer["ETag"]);
    }

    [Fact]
    public async Task StoredFilesOwnTimeAndTag_CountForNothing()
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData("bare"u8));
        var stored = new DateTimeOffset(File.GetLastWriteTimeUtc(store.Folder.File($"v1/contents/{sha256[..2]}/{sha256}")));

        Assert.Equal(200, (await SharedStore.AskAsync(store.Nginx, SharedStore.Bare, $"If-Modified-Since: {stored:R}\r\n")).Status);
        Assert.Equal(
            200,
            (await SharedStore.AskAsync(store.Nginx, SharedStore.Bare, $"If-None-Match: \"{stored.ToUnixTimeSeconds():x}-4\"\r\n")).Status);
    }

    [Fact]
    public async Task Head_IsTheFilesWithoutItsBytes()
    {
        var answer = await SharedStore.AskAsync(store.Nginx, SharedStore.Wheel, method: "HEAD");

        Assert.Equal((200, "400000", SharedStore.Tag, ""), (answer.Status, answer["Content-Length"], answer["ETag"], answer.Body));
        Assert.Equal("application/x-wheel; charset=binary", answer["Content-Type"]);
    }

    [Fact]
    public async Task Infected_IsRefusedAsByClamProxyItself()
    {
        await store.AskProxyAsync(SharedStore.Infected);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(
            new Uri(store.Nginx.Address("PYPI_PORT"), SharedStore.Infected), TestContext.Current.CancellationToken);

        Assert.Equal((409, "Infected Eicar-Test-Signature"), ((int)answer.StatusCode, answer.ReasonPhrase));
        Assert.Equal("infected", answer.Headers.GetValues("Scan-Verdict").Single());
        Assert.Contains(
            "\"signature\":\"Eicar-Test-Signature\"",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }
}
