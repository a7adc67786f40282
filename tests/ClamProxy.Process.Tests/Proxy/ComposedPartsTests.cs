using System.Security.Cryptography;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// Real clients that put a file together of parts, behind an upstream that answers each request with another clean file of the same length
/// and tag.
/// </summary>
public sealed class ComposedPartsTests
{
    private const int Length = 8 << 20;
    private const int Runs = 6;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly byte[] One = RandomBody.Of(Length);
    private static readonly byte[] Other = [.. One.Select(each => (byte)(each ^ 1))];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Aria2WithFourConnections_EndsWellWithOneOfTheFilesOnly(int period)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        await using var proxy = await ProxyProcess.StartAsync(Settings(clamd));
        for (var run = 0; run < Runs; run++)
        {
            using var folder = new TempFolder();
            var (path, asked) = ($"/file-{run}", run);
            origin.On(path, context => AnswerAsync(context, Interlocked.Increment(ref asked) % period == 0 ? Other : One));

            var (exitCode, log) = await RunAsync(
                folder, Aria2(origin, folder, $"http://127.0.0.1:{proxy.Port}{path}", "--max-tries=3 --retry-wait=1"));

            if (exitCode == 0)
            {
                var file = SHA256.HashData(await File.ReadAllBytesAsync(folder.File("file")));
                Assert.True(
                    file.AsSpan().SequenceEqual(SHA256.HashData(One)) || file.AsSpan().SequenceEqual(SHA256.HashData(Other)),
                    $"composed of both:\n{log}");
            }
        }
    }

    [Fact]
    public async Task Aria2WithFourConnections_GetsAFileThatDoesNotChange()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        await using var proxy = await ProxyProcess.StartAsync(Settings(clamd));
        using var folder = new TempFolder();
        origin.On("/file", context => AnswerAsync(context, One));

        var (exitCode, log) = await RunAsync(folder, Aria2(origin, folder, $"http://127.0.0.1:{proxy.Port}/file", "--max-tries=1"));

        Assert.True(exitCode == 0, log);
        Assert.Equal(One, await File.ReadAllBytesAsync(folder.File("file")));
    }

    [Theory]
    [InlineData("curl -sS -o %f %h %u", "curl -sS -C - -o %f %h %u")]
    [InlineData("wget -nv --tries=1 -O %f %h %u", "wget -nv -c --tries=1 -O %f %h %u")]
    public async Task CleanFileThatIsBrokenOff_IsNotResumedByAnother(string begins, string resumes)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        await using var proxy = await ProxyProcess.StartAsync(Settings(clamd));
        using var folder = new TempFolder();
        var now = One;
        origin.On("/file", context => AnswerAsync(context, now));
        var url = $"http://127.0.0.1:{proxy.Port}/file";

        // The client gives up in the middle, as on a bad line: ulimit bounds the file that it may write (in blocks of 512 bytes).
        await RunAsync(folder, Fill($"ulimit -f 4096; {begins}", origin, folder, url));
        now = Other;
        var resumed = await RunAsync(folder, Fill(resumes, origin, folder, url));

        Assert.InRange(new FileInfo(folder.File("file")).Length, 1, Length - 1);
        Assert.True(resumed.ExitCode != 0, resumed.Log);
    }

    [Fact]
    public async Task PartsFromTwoProcessesThatShareARedis_AreOfOneFile()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        var settings = Settings(clamd);
        settings["REDIS_URL"] = redis.Url;
        // Its deadline is short on purpose, and this machine may be busy.
        settings["ClamProxy__Verdicts__RedisTimeout"] = "00:00:10";
        await using var first = await ProxyProcess.StartAsync(settings);
        await using var second = await ProxyProcess.StartAsync(settings);
        var asked = 0;
        origin.On("/file", context => AnswerAsync(context, One[..100_000]));
        origin.On("/both", context => AnswerAsync(context, Interlocked.Increment(ref asked) % 2 == 0 ? One[..100_000] : Other[..100_000]));

        Assert.Equal(206, (await PartAsync(first, origin, "/file", 0)).Status);
        Assert.Equal(206, (await PartAsync(second, origin, "/file", 1)).Status);
        origin.On("/file", context => AnswerAsync(context, Other[..100_000]));
        Assert.Equal(409, (await PartAsync(second, origin, "/file", 2)).Status);
        Assert.Equal(409, (await PartAsync(first, origin, "/file", 3)).Status);

        var atOnce = await Task.WhenAll(Enumerable.Range(0, 12).Select(at => PartAsync(at % 2 == 0 ? first : second, origin, "/both", at)));
        Assert.InRange(atOnce.Where(part => part.Status == 206).Select(part => part.Digest).Distinct().Count(), 0, 1);
    }

    private static Dictionary<string, string> Settings(FakeClamd clamd) => new()
    {
        ["CLAMD_HOSTS"] = clamd.Endpoint,
        ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
    };

    private static Task AnswerAsync(HttpContext context, byte[] content)
    {
        context.Response.Headers.ETag = "\"tag\"";
        return FakeOrigin.SendAsync(context, content);
    }

    private static async Task<(int Status, string Digest)> PartAsync(ProxyProcess proxy, FakeOrigin origin, string path, int at)
    {
        using var client = new HttpClient { Timeout = Limit };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{proxy.Port}{path}");
        request.Headers.Add("Download-From", origin.Url);
        request.Headers.Add("Cache-Scan", "False");
        request.Headers.Add("Cookie", $"request={at}");
        request.Headers.Add("Range", $"bytes={at}-{at}");
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, string.Join(',', response.Headers.TryGetValues("Repr-Digest", out var digest) ? digest : []));
    }

    private static string Aria2(FakeOrigin origin, TempFolder folder, string url, string options) =>
        Fill(
            $"aria2c --no-conf -x4 -s4 -k1M --min-split-size=1M --summary-interval=0 {options} -d {folder.Path} -o file %h %u",
            origin,
            folder,
            url);

    private static string Fill(string command, FakeOrigin origin, TempFolder folder, string url)
    {
        var option = command.Contains("curl", StringComparison.Ordinal) ? "-H " : "--header=";
        return command
            .Replace("%f", folder.File("file"), StringComparison.Ordinal)
            .Replace("%h", $"{option}'Download-From: {origin.Url}' {option}'Cache-Scan: False'", StringComparison.Ordinal)
            .Replace("%u", url, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Log)> RunAsync(TempFolder folder, string line)
    {
        await using var process = ServerProcess.Start("sh", ["-c", line], new Dictionary<string, string> { ["HOME"] = folder.Path });
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }
}
