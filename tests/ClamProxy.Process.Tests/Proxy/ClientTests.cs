using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>The clients people use, against the whole proxy on a real clamd.</summary>
public sealed class ClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Pip_InstallsTheCleanWheelAndShowsWhyNotTheInfectedOne()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var index = await PackageIndex.StartAsync(
            new Wheel("goodone", "1.0", new byte[300_000]), new Wheel("badone", "1.0", Eicar.Bytes));
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Routes__pypi__Path"] = "/pypi",
            ["ClamProxy__Routes__pypi__Upstream"] = index.Url,
        });
        using var folder = new TempFolder();

        var clean = await PipAsync(
            folder, $"http://127.0.0.1:{proxy.Port}/pypi/simple/", "install", "--target", folder.File("site"), "goodone");
        var infected = await PipAsync(
            folder, $"http://127.0.0.1:{proxy.Port}/pypi/simple/", "install", "--target", folder.File("site"), "badone");
        var download = await PipAsync(
            folder, $"http://127.0.0.1:{proxy.Port}/pypi/simple/", "download", "--no-deps", "-d", folder.File("down"), "goodone");

        Assert.True(clean.ExitCode == 0, clean.Output);
        Assert.True(File.Exists(folder.File("site/goodone.py")));
        Assert.NotEqual(0, infected.ExitCode);
        Assert.Contains("409", infected.Output, StringComparison.Ordinal);
        Assert.Contains("Infected Eicar-Test-Signature", infected.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("site/badone.py")));
        Assert.True(download.ExitCode == 0, download.Output);
        Assert.Equal(index.Sha256Of("goodone"), Sha256(folder.File("down/goodone-1.0-py3-none-any.whl")));
    }

    [Fact]
    public async Task PipThroughNginx_FollowsTheIndexBackToTheScanner()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var index = await PackageIndex.StartAsync(
            new Wheel("goodone", "1.0", new byte[300_000]), new Wheel("badone", "1.0", Eicar.Bytes));
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.TcpEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });
        var environment = NginxProcess.Defaults($"127.0.0.1:{proxy.Port}");
        environment["PYPI_DOWNLOAD_FROM"] = index.Url;
        environment["PYPI_FILES_DOWNLOAD_FROM"] = index.Url;
        await using var nginx = await NginxProcess.StartAsync(environment);
        using var folder = new TempFolder();
        var simple = $"{nginx.Address("PYPI_PORT")}simple/";

        var clean = await PipAsync(folder, simple, "install", "--target", folder.File("site"), "goodone");
        var infected = await PipAsync(folder, simple, "install", "--target", folder.File("site"), "badone");

        Assert.True(clean.ExitCode == 0, clean.Output + nginx.Log + proxy.Log);
        Assert.True(File.Exists(folder.File("site/goodone.py")));
        Assert.NotEqual(0, infected.ExitCode);
        Assert.Contains("Infected Eicar-Test-Signature", infected.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("site/badone.py")));
    }

    [Fact]
    public async Task CurlAndWget_GetTheFileOrAFailure()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });
        using var folder = new TempFolder();
        var from = $"Download-From: {library.Origin.Url}";
        string Url(string path) => $"http://127.0.0.1:{proxy.Port}{path}";

        var curl = await RunAsync("curl", "-sS", "-f", "-H", from, "-o", folder.File("curl"), Url("/clean-1500000"));
        var curlInfected = await RunAsync("curl", "-sS", "-f", "-H", from, "-o", folder.File("curl-bad"), Url("/infected-5000"));
        var curlHead = await RunAsync("curl", "-sS", "-I", "-H", from, Url("/clean-1500000"));
        var curlResume = await RunAsync(
            "curl", "-sS", "-f", "-H", from, "-r", "1000-1999", "-o", folder.File("curl-part"), Url("/clean-1500000"));
        var wget = await RunAsync("wget", "-nv", "--header", from, "-O", folder.File("wget"), Url("/clean-1500000"));
        var wgetInfected = await RunAsync(
            "wget", "-nv", "--tries=1", "--header", from, "-O", folder.File("wget-bad"), Url("/infected-5000"));

        Assert.Null(library.Wrong("/clean-1500000", curl.ExitCode == 0 ? 200 : 0, await File.ReadAllBytesAsync(folder.File("curl"))));
        Assert.Equal(22, curlInfected.ExitCode);
        Assert.Contains("409", curlInfected.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("curl-bad")));
        Assert.Contains("Content-Length: 1500000", curlHead.Output, StringComparison.Ordinal);
        Assert.Equal(0, curlResume.ExitCode);
        Assert.Equal(
            (await File.ReadAllBytesAsync(folder.File("curl")))[1000..2000], await File.ReadAllBytesAsync(folder.File("curl-part")));
        Assert.Equal(0, wget.ExitCode);
        Assert.Equal(Sha256(folder.File("curl")), Sha256(folder.File("wget")));
        Assert.Equal(8, wgetInfected.ExitCode);
        Assert.Contains("409", wgetInfected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NginxInFront_PassesBytesRangesHeadsAndReasonsOn()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
        });
        var environment = NginxProcess.Defaults($"127.0.0.1:{proxy.Port}");
        environment["EXAMPLE_DOWNLOAD_FROM"] = library.Origin.Url;
        await using var nginx = await NginxProcess.StartAsync(environment);
        using var client = new HttpClient { BaseAddress = nginx.Address("EXAMPLE_PORT"), Timeout = Limit };

        foreach (var path in library.Paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Add("Download-From", "http://127.0.0.1:1/nginx-overwrites-this");
            using var response = await client.SendAsync(request);
            Assert.Null(library.Wrong(path, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync()));
            if (!response.IsSuccessStatusCode)
            {
                Assert.Equal("Infected Eicar-Test-Signature.UNOFFICIAL", response.ReasonPhrase);
            }
        }

        using var part = new HttpRequestMessage(
            HttpMethod.Get, new Uri("/clean-5000", UriKind.Relative))
        { Headers = { Range = new(10, 19) } };
        using var partial = await client.SendAsync(part);
        Assert.Equal((206, 10), ((int)partial.StatusCode, (await partial.Content.ReadAsByteArrayAsync()).Length));
        using var head = new HttpRequestMessage(HttpMethod.Head, new Uri("/clean-5000", UriKind.Relative));
        using var headed = await client.SendAsync(head);
        Assert.Equal((200, 5000L), ((int)headed.StatusCode, headed.Content.Headers.ContentLength));
    }

    private static Task<(int ExitCode, string Output)> PipAsync(TempFolder folder, string index, params string[] arguments) => RunAsync(
        "python3",
        [
            "-m",
            "pip",
            arguments[0],
            "--isolated",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--no-input",
            "--retries",
            "0",
            "--index-url",
            index,
            .. arguments[1..]],
        new Dictionary<string, string> { ["HOME"] = folder.Path, ["PIP_ROOT_USER_ACTION"] = "ignore" });

    private static Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments) =>
        RunAsync(program, arguments, new Dictionary<string, string>());

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string program, string[] arguments, Dictionary<string, string> environment)
    {
        await using var process = ServerProcess.Start(program, arguments, environment);
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }

    private static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
