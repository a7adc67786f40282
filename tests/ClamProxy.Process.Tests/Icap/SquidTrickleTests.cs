using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Icap;

/// <summary>ICAP_TRICKLE behind a real squid: what its client gets before the verdict, and after a good and a bad one.</summary>
public sealed class SquidTrickleTests : IAsyncDisposable
{
    private const int HoldBack = 4096;

    private readonly FakeClamd _clamd = FakeClamd.OnTcp();

    public ValueTask DisposeAsync() => _clamd.DisposeAsync();

    [Fact]
    public async Task SlowScan_ClientGetsTheBeginningAndThenAllOrATornDownload()
    {
        var icapPort = FreePort.Next();
        await using var origin = await FakeOrigin.StartAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOORS"] = "icap",
            ["ICAP_PORT"] = $"{icapPort}",
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ICAP_TRICKLE"] = "true",
            ["PATIENCE_SECONDS"] = "0",
            ["HOLD_BACK_BYTES"] = $"{HoldBack}",
            ["ClamProxy__Gate__TrickleInterval"] = "20ms",
        });
        await using var squid = await SquidProcess.StartWithIcapAsync(icapPort);
        using var client = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy("127.0.0.1", squid.Port) });
        client.Timeout = TimeSpan.FromSeconds(30);
        var content = RandomBody.Of(60_000);

        // Without a length: of short bodies squid keeps a copy, and has them answered by 204.
        origin.On("/file", context => context.Response.Body.WriteAsync(content).AsTask());

        foreach (var reply in new[] { "OK", "Bad FOUND" })
        {
            var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _clamd.OnContent = async (connection, _) =>
                await connection.ReplyAsync($"stream: {await verdict.Task.WaitAsync(TimeSpan.FromSeconds(20))}\0");
            using var answer = await client.GetAsync(
                $"{origin.Url}/file", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer}\n{proxy.Log}\n{squid.Log}");
            await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            using var got = new MemoryStream();
            got.WriteByte((byte)body.ReadByte());

            verdict.SetResult(reply);
            var torn = await Record.ExceptionAsync(() => body.CopyToAsync(got, TestContext.Current.CancellationToken));

            Assert.Equal(content[..(int)got.Length], got.ToArray());
            Assert.True(reply == "OK" ? torn is null && got.Length == content.Length
                : torn is HttpIOException && got.Length <= content.Length - HoldBack, $"{reply}: {got.Length}, {torn}");

            // The content is scanned anew: it is not the same.
            content = RandomBody.Of(60_001);
        }
    }
}
