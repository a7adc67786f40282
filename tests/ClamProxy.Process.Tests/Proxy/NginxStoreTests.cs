using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// The store's folder that nginx shares: who does not get at it, and what comes when a file, the folder or the variable is missing.
/// </summary>
public sealed class NginxStoreTests(SharedStore store) : IClassFixture<SharedStore>
{
    private const string Rewritten = """{"url":"/packages/a.whl"}""";
    private const string Sendfile = "X-Sendfile-Type: X-Accel-Redirect\r\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/.clamproxy-store/")]
    [InlineData("/%2eclamproxy-store/")]
    [InlineData("//.clamproxy-store/")]
    [InlineData("/packages/../.clamproxy-store/")]
    [InlineData("/.clamproxy-store/../contents/")]
    public async Task StoredFileByItsPlace_IsNotFoundAndNobodyAsked(string way)
    {
        var asked = store.Origin.Requests.Count;
        foreach (var server in new[] { "PYPI_PORT", "EXAMPLE_PORT" })
        {
            foreach (var fields in new[] { "", Sendfile, "X-Accel-Redirect: /.clamproxy-store/\r\n" })
            {
                var answer = await SharedStore.AskAsync(store.Nginx, way + store.Location, fields, server);
                Assert.Equal(404, answer.Status);
                Assert.DoesNotContain(store.Text[..100], answer.Body, StringComparison.Ordinal);
            }
        }

        Assert.Equal(way.Contains("contents", StringComparison.Ordinal) ? asked + 6 : asked, store.Origin.Requests.Count);
    }

    [Fact]
    public async Task IndexThatIsStored_IsStillRewrittenWhateverTheClientSends()
    {
        using var client = new HttpClient();
        Assert.Equal(Rewritten, await client.GetStringAsync(new Uri(store.Nginx.Address("PYPI_PORT"), SharedStore.Index), Cancelled));
        client.DefaultRequestHeaders.Add("X-Sendfile-Type", "X-Accel-Redirect");
        Assert.Equal(Rewritten, await client.GetStringAsync(new Uri(store.Nginx.Address("PYPI_PORT"), SharedStore.Index), Cancelled));
    }

    [Fact]
    public async Task SendfileTypeThatNoNginxSent_GetsAnEmptyBody()
    {
        var answer = await store.AskProxyAsync(SharedStore.Wheel, Sendfile);

        Assert.Equal((200, "", $"/.clamproxy-store/{store.Location}"), (answer.Status, answer.Body, answer["X-Accel-Redirect"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task NginxWithoutTheFolder_LeavesAllToClamProxy(string? folder)
    {
        var nginx = await store.StartNginxAsync(folder);
        foreach (var server in new[] { "PYPI_PORT", "EXAMPLE_PORT" })
        {
            var answer = await SharedStore.AskAsync(nginx, SharedStore.Wheel, Sendfile, server);
            Assert.Equal((200, store.Text), (answer.Status, answer.Body));
            Assert.Equal(404, (await SharedStore.AskAsync(nginx, $"/.clamproxy-store/{store.Location}", "", server)).Status);
        }

        await nginx.AnswerAsync($"GET {SharedStore.Wheel} 200 400000 400000".Equals);
    }

    [Fact]
    public async Task StoredFileThatNginxDoesNotFind_IsSentByClamProxy()
    {
        using var empty = new TempFolder();
        var nginx = await store.StartNginxAsync(empty.Path);
        var expected = await store.AskProxyAsync(SharedStore.Wheel);

        var whole = await SharedStore.AskAsync(nginx, SharedStore.Wheel);
        var part = await SharedStore.AskAsync(nginx, SharedStore.Wheel, "Range: bytes=2-3\r\n");

        Assert.Equal((200, store.Text), (whole.Status, whole.Body));
        Assert.Equal((206, store.Text[2..4]), (part.Status, part.Body));
        string[] differ = ["Date", "Server", "Connection", "Age", "Server-Timing", "Cache-Control", "X-Request-ID"];
        Assert.Equal(
            expected.Fields.Where(field => !differ.Contains(field.Key)).OrderBy(field => field.Key),
            whole.Fields.Where(field => !differ.Contains(field.Key)).OrderBy(field => field.Key));
        await nginx.AnswerAsync($"GET {SharedStore.Wheel} 200 400000 0 : 400000".Equals);
    }

    [Fact]
    public async Task StoredFileThatNginxDoesNotFind_IsAskedForByItsExactName()
    {
        const string Path = "/packages/odd%2Fname+%20?x=%2F&y";
        using var empty = new TempFolder();
        var nginx = await store.StartNginxAsync(empty.Path);
        store.Origin.On("/packages/odd%2Fname+%20", "odd"u8.ToArray());
        await store.StoreAsync(Path);

        foreach (var server in new[] { "PYPI_PORT", "EXAMPLE_PORT" })
        {
            var answer = await SharedStore.AskAsync(nginx, Path, "", server);
            Assert.Equal((200, "odd", "ClamProxy; hit; detail=store"), (answer.Status, answer.Body, answer["Cache-Status"]));
        }
    }

    [Fact]
    public async Task StoredFileDeletedBehindClamProxysBack_ComesFromUpstreamByTheSameBytes()
    {
        const string Path = "/packages/doomed%20file+1?x=%2F&y";
        var bytes = Eicar.Bytes.Reverse().ToArray();
        store.Origin.On("/packages/doomed%20file+1", bytes);
        await SharedStore.AskAsync(store.Nginx, Path);
        Assert.Equal("ClamProxy; hit; detail=store", (await SharedStore.AskAsync(store.Nginx, Path))["Cache-Status"]);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.Delete(store.Folder.File(string.Create(CultureInfo.InvariantCulture, $"v1/contents/{sha256[..2]}/{sha256}")));

        var answer = await SharedStore.AskAsync(store.Nginx, Path);

        Assert.Equal((200, Encoding.Latin1.GetString(bytes)), (answer.Status, answer.Body));
        Assert.All(
            store.Origin.Requests.Where(request => request.Target.Contains("doomed", StringComparison.Ordinal)),
            request => Assert.Equal(Path, request.Target));
    }
}
