using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>
/// Real clients, which go on by themselves after a broken transfer or are told to, behind an upstream that changes its answer: none ends
/// well with a file that was not scanned.
/// </summary>
public sealed class ComposedFileTests
{
    private const int Length = 700_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Client, how it begins, how it goes on; %u is the URL, %d its folder, %f the file in it, %h a field.</summary>
    private static readonly string[][] Clients =
    [
        ["wget", "wget -nv --tries=3 --waitretry=1 -P %d %h %u", "wget -nv -c --tries=1 -P %d %h %u"],
        ["wget-N", "wget -nv -N --tries=1 -P %d %h %u", "wget -nv -N --tries=1 -P %d %h %u"],
        ["wget-Nc", "wget -nv --tries=1 -P %d %h %u", "wget -nv -N -c --no-if-modified-since --tries=1 -P %d %h %u"],
        ["curl", "curl -sS -o %f %h %u", "curl -sS -C - -o %f %h %u"],
        ["curl-z", "curl -sS -R -o %f %h %u", "curl -sS -f -C - -z %f -o %f %h %u"],
        ["curl-if-range", "curl -sS -o %f %h %u", "curl -sS -C - -H 'If-Range: \"tag\"' -o %f %h %u"],
        ["curl-if-range-unmet", "curl -sS -o %f %h %u", "curl -sS -C - -H 'If-Range: \"other\"' -o %f %h %u"],
        [
            "aria2",
            "aria2c -q -c --max-tries=3 --retry-wait=1 -d %d -o %n %h %u",
            "aria2c -q -c --max-tries=2 --retry-wait=1 -d %d -o %n %h %u"],
    ];

    public enum Way
    {
        /// <summary>One attempt, which is cut.</summary>
        Trickle = 0,

        /// <summary>Both attempts are cut: the defaults.</summary>
        Defaults,

        /// <summary>The second attempt, which nobody sees, is the clean file.</summary>
        Afresh,

        /// <summary>The clean file is in the store when the client goes on.</summary>
        Store,

        /// <summary>The same, and nginx sends it.</summary>
        Nginx,

        /// <summary>The clean file stands in for an upstream that fails.</summary>
        StandIn,
    }

    [Theory]
    [InlineData(Way.Trickle)]
    [InlineData(Way.Defaults)]
    [InlineData(Way.Afresh)]
    [InlineData(Way.Store)]
    [InlineData(Way.Nginx)]
    [InlineData(Way.StandIn)]
    public async Task UpstreamThatChangesItsAnswer_NoClientEndsWellWithAFileThatWasNotScanned(Way way)
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        using var store = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(Settings(way, clamd, origin, store));
        await using var nginx = way == Way.Nginx ? await StartNginxAsync(proxy, origin, store) : null;
        using var folder = new TempFolder();
        var begun = 0;
        foreach (var client in Clients)
        {
            var (path, clean) = ($"/{client[0]}", RandomBody.Of(Length));
            // No text: one of a route is searched for links before its first byte leaves.
            clean[8] = 0;
            var infected = (byte[])[.. clean[..4096], .. Eicar.Bytes, .. clean[(4096 + Eicar.Bytes.Length)..]];
            _ = new ComposingOrigin(origin, path, infected, clean).Plan(
                way == Way.StandIn ? 1 : 0, way == Way.Defaults ? 2 : 1, way == Way.StandIn);
            var url = nginx is null
                ? $"http://127.0.0.1:{proxy.Port}{(way == Way.StandIn ? "/indexes" : "")}{path}"
                : $"{nginx.Address("EXAMPLE_PORT")}{client[0]}";
            if (way == Way.StandIn)
            {
                await PlainAsync(url, origin, way, clean);
            }

            var first = await RunAsync(client[1], folder, client[0], url, Fields(way, origin));
            AssertScanned($"{way}: {client[1]}", first, folder.File($"{client[0]}/{client[0]}"), clamd);
            begun += File.Exists(folder.File($"{client[0]}/{client[0]}"))
                && new FileInfo(folder.File($"{client[0]}/{client[0]}")).Length > 0
                ? 1
                : 0;
            if (way is Way.Store or Way.Nginx)
            {
                await PlainAsync(url, origin, way, clean);
                await PlainAsync(url, origin, way, clean);
            }

            var second = await RunAsync(client[2], folder, client[0], url, Fields(way, origin));
            AssertScanned($"{way}: {client[2]}", second, folder.File($"{client[0]}/{client[0]}"), clamd);
            await PlainAsync(url, origin, way, clean);
        }

        // All but a client that begins afresh by itself have a part of the infected file.
        Assert.InRange(begun, 6, Clients.Length);
        var refused = await proxy.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("clamproxy_unproved_resumes_total{outcome=\"refused\"}", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PipThatResumes_DoesNotInstallAWheelThatWasNotScanned()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        using var store = new TempFolder();
        var wheel = new Wheel("evil", "1.0", RandomBody.Of(Length));
        var clean = (byte[])wheel.Bytes.Clone();
        clean[1000] ^= 1;
        _ = new ComposingOrigin(origin, $"/{wheel.FileName}", wheel.Bytes, clean).Plan(0, 2, false);
        origin.On("/simple/evil/", context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(
                context, Encoding.UTF8.GetBytes($"<a href=\"../../{wheel.FileName}#sha256={wheel.Sha256}\">{wheel.FileName}</a>"));
        });
        await using var proxy = await ProxyProcess.StartAsync(Settings(Way.StandIn, clamd, origin, store));
        using var folder = new TempFolder();

        await using var pip = ResumingPip.Start(
            folder, $"http://127.0.0.1:{proxy.Port}/indexes/simple/", "install", "--target", folder.File("site"), "evil");
        using var limit = new CancellationTokenSource(Limit);
        await pip.WaitForExitAsync(limit.Token);

        Assert.NotEqual(0, pip.ExitCode);
        Assert.Contains("409", pip.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("site/evil.py")));
    }

    [Fact]
    public async Task ScriptPipedToAShell_IsNotRunBeforeItsVerdict()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.OnContent = async (connection, _) =>
        {
            await Task.Delay(2000);
            await connection.ReplyAsync("stream: Eicar-Test-Signature FOUND\0");
        };
        await using var origin = await FakeOrigin.StartAsync();
        using var store = new TempFolder();
        using var folder = new TempFolder();
        origin.On("/script", Encoding.ASCII.GetBytes($"touch {folder.File("ran")}\n" + new string('#', Length)));
        var settings = Settings(Way.Trickle, clamd, origin, store);
        settings.Remove("DELIVERY");
        await using var proxy = await ProxyProcess.StartAsync(settings);

        var (exitCode, log) = await RunAsync(
            "curl -sSf %h %u | sh", folder, "sh", $"http://127.0.0.1:{proxy.Port}/script", Fields(Way.Trickle, origin));

        Assert.Contains("409", log, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("ran")), $"{exitCode} {log}");
    }

    [Fact]
    public async Task RestartAfterABrokenTrickle_RedisStillKnowsOfIt()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var clamd = FakeClamd.OnTcp();
        await using var origin = await FakeOrigin.StartAsync();
        using var store = new TempFolder();
        using var folder = new TempFolder();
        var settings = Settings(Way.Trickle, clamd, origin, store);
        settings["REDIS_URL"] = redis.Url;
        // Its deadline is short on purpose, and this machine may be busy.
        settings["ClamProxy__Verdicts__RedisTimeout"] = "00:00:10";
        var clean = RandomBody.Of(Length);
        _ = new ComposingOrigin(origin, "/file", [.. Eicar.Bytes, .. clean[Eicar.Bytes.Length..]], clean).Plan(0, 1, false).CutOnce(
            () => File.Exists(folder.File("file/file")) && new FileInfo(folder.File("file/file")).Length > 0);
        int port;
        await using (var first = await ProxyProcess.StartAsync(settings))
        {
            port = first.Port;
            await RunAsync("curl -sS -o %f %h %u", folder, "file", $"http://127.0.0.1:{port}/file", Fields(Way.Trickle, origin));
            await first.KillAsync();
        }

        settings["PORT"] = $"{port}";
        await using var second = await ProxyProcess.StartAsync(settings);
        var resumed = await RunAsync(
            "curl -sS -C - -o %f %h %u", folder, "file", $"http://127.0.0.1:{port}/file", Fields(Way.Trickle, origin));

        Assert.NotEqual(0, resumed.ExitCode);
        Assert.True(new FileInfo(folder.File("file/file")).Length > 0);
    }

    private static Dictionary<string, string> Settings(Way way, FakeClamd clamd, FakeOrigin origin, TempFolder store)
    {
        var settings = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["DELIVERY"] = "trickle",
            ["PATIENCE_SECONDS"] = "0",
            ["HOLD_BACK_BYTES"] = "1K",
            ["ClamProxy__InterimInterval"] = "00:00:00.2",
            ["ClamProxy__Gate__TrickleInterval"] = "00:00:00.01",
            ["ClamProxy__Gate__TrickleBytes"] = "64K",
            ["ClamProxy__Gate__DownloadAttempts"] = way is Way.Defaults or Way.Afresh ? "2" : "1",
            ["ClamProxy__Unproved__SettleWithin"] = "00:00:00.2",
        };
        if (way is Way.Store or Way.Nginx or Way.StandIn)
        {
            settings["STORE_PATH"] = store.Path;
        }

        if (way == Way.Nginx)
        {
            settings["ACCEL_REDIRECT"] = "/.clamproxy-store/";
            settings["TRUSTED_PROXIES"] = "127.0.0.1/32";
        }

        if (way == Way.StandIn)
        {
            settings["ClamProxy__Routes__indexes__Path"] = "/indexes";
            settings["ClamProxy__Routes__indexes__Upstream"] = origin.Url;
            settings["ClamProxy__Routes__indexes__Revalidate"] = "true";
        }

        return settings;
    }

    private static async Task<NginxProcess> StartNginxAsync(ProxyProcess proxy, FakeOrigin origin, TempFolder store)
    {
        var variables = NginxProcess.Defaults($"127.0.0.1:{proxy.Port}");
        variables["EXAMPLE_DOWNLOAD_FROM"] = origin.Url;
        variables["EXAMPLE_CACHE_SCAN"] = "True";
        variables["STORE_FOLDER"] = store.Path;
        return await NginxProcess.StartAsync(variables);
    }

    private static string[] Fields(Way way, FakeOrigin origin) => way is Way.Nginx or Way.StandIn
        ? []
        : [$"Download-From: {origin.Url}", $"Cache-Scan: {way == Way.Store}"];

    /// <summary>A plain request gets the whole clean file, whatever was sent before.</summary>
    private static async Task PlainAsync(string url, FakeOrigin origin, Way way, byte[] clean)
    {
        using var client = new HttpClient { Timeout = Limit };
        foreach (var field in Fields(way, origin))
        {
            client.DefaultRequestHeaders.Add(field.Split(": ")[0], field.Split(": ")[1]);
        }

        Assert.Equal(clean, await client.GetByteArrayAsync(url));
    }

    private static async Task<(int ExitCode, string Log)> RunAsync(
        string command, TempFolder folder, string name, string url, string[] fields)
    {
        Directory.CreateDirectory(folder.File(name));
        var option = command.Contains("curl", StringComparison.Ordinal) ? "-H" : "--header";
        var line = command
            .Replace("%d", folder.File(name), StringComparison.Ordinal)
            .Replace("%f", folder.File($"{name}/{name}"), StringComparison.Ordinal)
            .Replace("%n", name, StringComparison.Ordinal)
            .Replace(
                "%h",
                string.Join(' ', fields.Select(field => $"{option}{(option == "-H" ? " " : "=")}'{field}'")),
                StringComparison.Ordinal)
            .Replace("%u", url, StringComparison.Ordinal);
        await using var process = ServerProcess.Start("sh", ["-c", line], new Dictionary<string, string> { ["HOME"] = folder.Path });
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }

    private static void AssertScanned(string what, (int ExitCode, string Log) run, string file, FakeClamd clamd)
    {
        if (run.ExitCode == 0)
        {
            var sha256 = SHA256.HashData(File.ReadAllBytes(file));
            Assert.True(
                clamd.Contents.Any(
                    content => SHA256.HashData(content).AsSpan().SequenceEqual(sha256) && content.AsSpan().IndexOf(Eicar.Bytes) < 0),
                $"{what} ended well with a file that was not scanned:\n{run.Log}\n{File.ReadAllText(file)[..200]}");
        }
    }
}
