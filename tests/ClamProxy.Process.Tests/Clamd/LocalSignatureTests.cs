using System.Net;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clamd;

/// <summary>A signature that an operator adds to a real clamd, whose VERSION stays the same, reaches what is stored.</summary>
public sealed class LocalSignatureTests : IDisposable
{
    private const string Mark = "clamproxy local signature test content";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SIGNATURE_FOLDER")]
    [InlineData("STATS")]
    [InlineData("clamproxy rescan")]
    public async Task AddedSignature_StoredFileIsRefused(string noticedBy)
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", Encoding.ASCII.GetBytes(Mark));
        var settings = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["STORE_PATH"] = _folder.File("store"),
            ["ClamProxy__Clamd__ProbeInterval"] = "100ms",
            ["ClamProxy__Gate__SignatureInterval"] = "100ms",
            ["ClamProxy__Gate__SignatureReloadWithin"] = "15s",
        };
        if (noticedBy == "SIGNATURE_FOLDER")
        {
            settings["SIGNATURE_FOLDER"] = clamd.DatabaseFolder;
        }

        await using var proxy = await ProxyProcess.StartAsync(settings);
        var version = await clamd.AskAsync("VERSION");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, origin));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, origin));
        Assert.Single(origin.Requests);

        // STATS prints memory by the KiB: one line may be too little to be seen by it alone.
        var others = noticedBy == "STATS" ? 100 : 0;
        await clamd.AddSignaturesAsync("local.ndb", string.Concat(Enumerable.Range(0, others + 1).Select(Line)));
        await clamd.ReloadAsync();
        if (noticedBy == "clamproxy rescan")
        {
            await clamd.Process.WaitUntilAsync(() => FindsAsync(clamd), Limit);
            await using var command = ProxyProgram.Tested.Run(["rescan", "--management", $"http://127.0.0.1:{proxy.ManagementPort}"]);
            await command.WaitForExitAsync(Cancelled).WaitAsync(Limit, Cancelled);
            Assert.Equal((0, "everything is scanned again\n"), (command.ExitCode, command.Log));
        }

        using var limit = new CancellationTokenSource(Limit);
        while (await StatusAsync(proxy, origin) != HttpStatusCode.Conflict)
        {
            await Task.Delay(50, limit.Token);
        }

        Assert.Equal(version, await clamd.AskAsync("VERSION"));
        Assert.Single(origin.Requests);
    }

    private static string Line(int number) =>
        $"Local.Test.{number}:0:*:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(number == 0 ? Mark : $"{Mark} {number * 7919}"))}\n";

    private static async Task<bool> FindsAsync(ClamdProcess clamd)
    {
        using var file = new TempFolder();
        await File.WriteAllTextAsync(file.File("content"), Mark, Cancelled);
        return (await clamd.AskAsync($"SCAN {file.File("content")}")).EndsWith("FOUND", StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(ProxyProcess proxy, FakeOrigin origin)
    {
        using var answer = await proxy.GetAsync("/file", origin.Url, cacheScan: true);
        return answer.StatusCode;
    }
}
