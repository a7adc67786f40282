using System.Diagnostics;
using ClamProxy.TestKit;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Process.Tests.Corpus;

/// <summary>ClamProxy in front of one real clamd, and an upstream that serves a corpus.</summary>
internal sealed class CorpusWorld : IAsyncDisposable
{
    private const int AtOnce = 4;

    private readonly ClamdProcess _clamd;
    private readonly FakeOrigin _origin;
    private readonly ProxyProcess _proxy;

    private CorpusWorld(ClamdProcess clamd, FakeOrigin origin, ProxyProcess proxy) => (_clamd, _origin, _proxy) = (clamd, origin, proxy);

    public ProxyProcess Proxy => _proxy;

    /// <summary>Starts all three.</summary>
    /// <param name="isReady">Whether the scanner is to be trusted.</param>
    /// <param name="variables">More of the environment.</param>
    /// <param name="lines">Lines of clamd.conf.</param>
    public static async Task<CorpusWorld> StartAsync(bool isReady, Dictionary<string, string> variables, params string[] lines) =>
        await StartAsync(await ClamdProcess.StartStrictAsync(lines), isReady, variables);

    /// <summary>The same with a database that finds EICAR anywhere in a file.</summary>
    public static async Task<CorpusWorld> StartWithSignatureAnywhereAsync() =>
        await StartAsync(await ClamdProcess.StartAsync(), isReady: true, []);

    private static async Task<CorpusWorld> StartAsync(ClamdProcess clamd, bool isReady, Dictionary<string, string> variables)
    {
        var origin = await FakeOrigin.StartAsync();
        var proxy = await ProxyProcess.StartAsync(
            new Dictionary<string, string>(variables)
            {
                ["CLAMD_HOSTS"] = clamd.TcpEndpoint,
                ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
                ["LOG_LEVEL"] = "Warning",
            },
            isReady);
        return new CorpusWorld(clamd, origin, proxy);
    }

    /// <summary>Asks for each file, whole and in part.</summary>
    /// <returns>How each ended: its status, or the differing status of its part.</returns>
    public async Task<CorpusTotals> RunAsync(IReadOnlyList<CorpusCase> cases)
    {
        var totals = new CorpusTotals();
        for (var number = 0; number < cases.Count; number++)
        {
            Serve($"/{number}", cases[number]);
        }

        await Parallel.ForAsync(0, cases.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            totals.Add(cases[number], range: false, await AskAsync($"/{number}", range: false));
            totals.Add(cases[number], range: true, await AskAsync($"/{number}", range: true));
        });
        return totals;
    }

    /// <summary>Asks for each as an answer that may change, decoded and as it came.</summary>
    public async Task<CorpusTotals> RunAsMayChangeAsync(IReadOnlyList<CorpusCase> cases)
    {
        var totals = new CorpusTotals();
        for (var number = 0; number < cases.Count; number++)
        {
            Serve($"/{number}", cases[number]);
        }

        await Parallel.ForAsync(0, cases.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            foreach (var accepted in new[] { "identity", "gzip, deflate, br, zstd" })
            {
                using var request = _proxy.Request($"/{number}", _origin.Url);
                request.Headers.Remove("Cache-Scan");
                request.Headers.TryAddWithoutValidation("Cache-Scan", "Revalidate");
                request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
                totals.Add(cases[number], range: false, await StatusAsync(request));
            }
        });
        return totals;
    }

    /// <summary>The same, and prints the totals under this name.</summary>
    public async Task<CorpusTotals> RunAsync(ITestOutputHelper output, string name, IReadOnlyList<CorpusCase> cases)
    {
        var watch = Stopwatch.StartNew();
        var totals = await RunAsync(cases);
        output.WriteLine($"{name}: {totals}, {watch.Elapsed.TotalSeconds:0.0} s");
        return totals;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
        await _clamd.DisposeAsync();
    }

    private void Serve(string path, CorpusCase one) => _origin.On(path, context =>
    {
        if (one.Coding is not null)
        {
            context.Response.Headers.ContentEncoding = one.Coding;
        }

        return one.IsChunked ? context.Response.Body.WriteAsync(one.Body).AsTask() : FakeOrigin.SendAsync(context, one.Body);
    });

    private async Task<int> AskAsync(string path, bool range)
    {
        using var request = _proxy.Request(path, _origin.Url);
        if (range)
        {
            request.Headers.TryAddWithoutValidation("Range", "bytes=1-40");
        }

        return await StatusAsync(request);
    }

    private async Task<int> StatusAsync(HttpRequestMessage request)
    {
        using var response = await _proxy.Client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return (int)response.StatusCode;
    }
}
