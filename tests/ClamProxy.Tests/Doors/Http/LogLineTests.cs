using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Each refusal and each failure is one line that a person can read.</summary>
public sealed class LogLineTests : IDisposable
{
    private const string Found = "stream: Eicar-Test-Signature FOUND\0";
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Eicar.Bytes));
    private readonly TempFolder _folder = new();
    private readonly FakeLoggerProvider _log = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Refusal_IsOneLineWhateverFoundIt()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/bad", context =>
        {
            context.Response.Headers.Vary = "Accept";
            return FakeOrigin.SendAsync(context, Eicar.Bytes);
        });
        world.Origin.On("/same", Eicar.Bytes);

        await world.GetAsync("/bad", cacheScan: true);
        await world.GetAsync("/bad", cacheScan: true);
        await world.GetAsync("/bad", cacheScan: true, ("Accept", "text/html"));
        await world.GetAsync("/same", cacheScan: true);
        using (var head = world.Request("/same", cacheScan: true, HttpMethod.Head))
        {
            Assert.Equal(409, (await world.SendAsync(head)).Status);
        }

        Assert.Equal(
        [
            $"Scanned {world.Origin.Url}/bad: infected (Eicar-Test-Signature), 68 bytes, sha256 {Sha256}",
            $"Refused {world.Origin.Url}/bad: infected (Eicar-Test-Signature) by an earlier scan, sha256 {Sha256}",
            $"Refused {world.Origin.Url}/bad: infected (Eicar-Test-Signature) by an earlier scan, sha256 {Sha256}",
            $"Refused {world.Origin.Url}/same: infected (Eicar-Test-Signature) by an earlier scan, sha256 {Sha256}",
            $"Refused {world.Origin.Url}/same: infected (Eicar-Test-Signature) by an earlier scan, sha256 {Sha256}",
        ],
            Lines(LogLevel.Warning).Select(line => line[..(line.IndexOf(Sha256, StringComparison.Ordinal) + Sha256.Length)]));
    }

    [Fact]
    public async Task RefusalBySomebodyElsesScan_IsOneLineEach()
    {
        await using var world = await WorldAsync();
        var release = new TaskCompletionSource();
        world.Origin.On("/bad", "a worm"u8.ToArray());
        world.Clamd.OnContent = async (connection, _) =>
        {
            await release.Task;
            await connection.ReplyAsync(Found);
        };

        var replies = Enumerable.Range(0, 3).Select(_ => world.GetAsync("/bad")).ToList();
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 3);
        release.SetResult();
        await Task.WhenAll(replies);

        Assert.Equal(
            ["Refused: by the scan for another request", "Refused: by the scan for another request", "Scanned"],
            Lines(LogLevel.Warning).Select(line => line.StartsWith("Scanned", StringComparison.Ordinal) ? "Scanned"
                : line.Contains("by the scan for another request", StringComparison.Ordinal) ? "Refused: by the scan for another request"
                : line).Order());
    }

    [Fact]
    public async Task CleanAndUnscannable_ReadAsWords()
    {
        await using var world = await WorldAsync("--MAX_FILE_SIZE=1000");
        world.Origin.On("/clean", "clean"u8.ToArray());
        world.Origin.On("/large", new byte[2000]);

        await world.GetAsync("/clean");
        await world.GetAsync("/large");

        Assert.Contains(
            Lines(LogLevel.Information),
            line => line.StartsWith($"Scanned {world.Origin.Url}/clean: clean, 5 bytes, ", StringComparison.Ordinal));
        var refused = Assert.Single(Lines(LogLevel.Warning));
        Assert.StartsWith($"Refused {world.Origin.Url}/large: unscannable (too large: ", refused, StringComparison.Ordinal);
        Assert.EndsWith("without a scan, sha256 unknown", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpstreamIsDown_IsOneLineWithTheCauseAndNoTrace()
    {
        await using var world = await WorldAsync();
        using var request = world.Request("/file");
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", $"http://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(502, (await world.SendAsync(request)).Status);

        var line = Assert.Single(_log.Collector.GetSnapshot(), line => line.Level >= LogLevel.Information);
        Assert.Null(line.Exception);
        Assert.Contains("upstream-unreachable", line.Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", line.Message, StringComparison.Ordinal);
        Assert.Contains(_log.Collector.GetSnapshot(), debug => debug is { Level: LogLevel.Debug, Exception: not null, Id.Id: 5012 });
    }

    private IEnumerable<string> Lines(LogLevel level) =>
        _log.Collector.GetSnapshot().Where(line => line.Level == level).Select(line => line.Message);

    private async Task<ProxyWorld> WorldAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(
            [$"--STORE_PATH={_folder.File("store")}", "--LOG_LEVEL=Debug", "--ACCESS_LOG=false", .. settings]);
        world.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
        _log.Collector.Clear();
        return world;
    }
}
