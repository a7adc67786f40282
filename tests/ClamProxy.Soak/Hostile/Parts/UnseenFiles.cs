using System.Diagnostics;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>An upstream of files with EICAR behind 3 MiB, where a scanner with MaxFileSize 1M does not look.</summary>
internal static class UnseenFiles
{
    private const int Before = 3 << 20;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    /// <summary>Below <c>/clean/</c> are clean ones; each path is another file.</summary>
    public static async Task<FakeOrigin> StartAsync()
    {
        var origin = await FakeOrigin.StartAsync();
        origin.Otherwise = context => FakeOrigin.SendAsync(
            context, context.Request.Path.StartsWithSegments("/clean") ? RandomBody.Of(1000) : [.. RandomBody.Of(Before), .. Eicar.Bytes]);
        return origin;
    }

    /// <summary>Asks for infected files for some seconds. None may come back.</summary>
    public static async Task JudgeAsync(CaseRun run, ProxyProcess proxy, FakeOrigin origin)
    {
        List<int> statuses = [];
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Time)
        {
            using var request = ClientFrom.Ask($"/infected/{statuses.Count}", origin.Url);
            using var answer = await proxy.Client.SendAsync(request, run.Ending);
            statuses.Add((int)answer.StatusCode);
            await Task.Delay(200, run.Ending);
        }

        run.Saw($"infected files: {string.Join(", ", statuses.CountBy(status => status).Select(pair => $"{pair.Value} × {pair.Key}"))}");
        run.Must(!statuses.Contains(200), $"{statuses.Count(status => status == 200)} of {statuses.Count} infected files came back 200");
    }
}
