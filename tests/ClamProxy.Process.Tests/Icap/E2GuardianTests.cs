using System.Net;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Icap;

/// <summary>
/// e2guardian, whose content scanner speaks ICAP: it fetches a file, sends all of it as an answer to an HTTP/1.0 GET, and takes 204 for
/// clean, any 200 for infected and all else for an error, which it shows in place of the file.
/// </summary>
public sealed class E2GuardianTests : IAsyncLifetime
{
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private FakeOrigin _origin = null!;
    private ProxyProcess _proxy = null!;
    private E2GuardianProcess _guardian = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var icapPort = FreePort.Next();
        _origin = await FakeOrigin.StartAsync();
        _proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOORS"] = "icap",
            ["ICAP_PORT"] = $"{icapPort}",
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ClamProxy__Clamd__ScanWait"] = "1s",
        });
        _guardian = await E2GuardianProcess.StartAsync(icapPort);
        _client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy("127.0.0.1", _guardian.Port), AllowAutoRedirect = false })
        {
            BaseAddress = new UriBuilder(_origin.Url).Uri,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _guardian.DisposeAsync();
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    /// <summary>Below and above the preview, and of what e2guardian scans at most as it is packaged (2 MiB).</summary>
    [Fact]
    public async Task CleanPassesInfectedDoesNotAndNothingUnscannedDoes()
    {
        _clamd.OnContent = (connection, content) =>
            connection.ReplyAsync(content.AsSpan().IndexOf(Eicar.Bytes) < 0 ? "stream: OK\0" : "stream: Eicar-Test-Signature FOUND\0");
        foreach (var length in new[] { 100, 32 * 1024, (32 * 1024) + 1, 3_000_000 })
        {
            var clean = RandomBody.Of(length);
            byte[] bad = [.. clean[Eicar.Bytes.Length..], .. Eicar.Bytes];

            Assert.Equal(clean, await GetAsync($"/clean/{length}", clean));
            var page = await GetAsync($"/bad/{length}", bad);

            Assert.False(HasBeginning(page, bad), $"{length}\n{_proxy.Log}\n{_guardian.Log}");
            Assert.Contains("Eicar-Test-Signature", Encoding.Latin1.GetString(page), StringComparison.Ordinal);
        }

        _clamd.Stop();
        foreach (var length in new[] { 2_000, 3_000_001 })
        {
            var unscanned = RandomBody.Of(length);
            var page = await GetAsync($"/unscanned/{length}", unscanned);
            Assert.False(HasBeginning(page, unscanned), $"{length}\n{_proxy.Log}\n{_guardian.Log}");
        }
    }

    private static bool HasBeginning(byte[] answer, byte[] content) => answer.AsSpan().IndexOf(content.AsSpan(0, 16)) >= 0;

    private async Task<byte[]> GetAsync(string path, byte[] content)
    {
        _origin.On(path, content);
        return await _client.GetByteArrayAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
