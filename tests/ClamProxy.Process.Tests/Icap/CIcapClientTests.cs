using System.Diagnostics;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Icap;

/// <summary>c-icap's own client: OPTIONS first, then a preview of what these say, ieof, 100, 204 and echoes.</summary>
public sealed class CIcapClientTests : IAsyncDisposable
{
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();
    private readonly TempFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _clamd.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task FilesOfAllSizes_AreReadAsTheyWereAnswered()
    {
        var port = FreePort.Next();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOORS"] = "icap",
            ["ICAP_PORT"] = $"{port}",
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
        });
        Assert.Contains($", icap://[::]:{port}\n", proxy.Log, StringComparison.Ordinal);

        foreach (var method in new[] { "-req", "-resp" })
        {
            foreach (var length in new[] { 1, 32 * 1024, (32 * 1024) + 1, 1_000_000 })
            {
                var (content, output) = (RandomBody.Of(length), _folder.File("out"));
                await AskAsync(port, content, output, method, "http://example.org/file", "-no204", "-nopreview");
                Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(output)), $"{method} {length}\n{proxy.Log}");

                var passed = await AskAsync(port, content, output, method, "http://example.org/file");
                Assert.Contains("No modification needed", passed, StringComparison.Ordinal);
            }

            var said = await AskAsync(port, Eicar.Bytes, _folder.File("bad"), method, "http://example.org/bad", "-v");
            Assert.Contains("X-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test-Signature;", said, StringComparison.Ordinal);
            Assert.Contains("Eicar-Test-Signature", await File.ReadAllTextAsync(_folder.File("bad")), StringComparison.Ordinal);
        }
    }

    private async Task<string> AskAsync(int port, byte[] content, string output, params string[] more)
    {
        File.Delete(output);
        await File.WriteAllBytesAsync(_folder.File("in"), content);
        var start = new ProcessStartInfo(
            "c-icap-client", ["-i", "127.0.0.1", "-p", $"{port}", "-s", "avscan", "-f", _folder.File("in"), "-o", output, .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var client = System.Diagnostics.Process.Start(start)!;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (said, errors) = (client.StandardOutput.ReadToEndAsync(late.Token), client.StandardError.ReadToEndAsync(late.Token));
        await client.WaitForExitAsync(late.Token);
        return await said + await errors;
    }
}
