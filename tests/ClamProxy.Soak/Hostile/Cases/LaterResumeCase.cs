using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>
/// Item 1b with a client that comes back after the end of the flight was forgotten: Linger is 15 s here, its least, in place of a minute.
/// </summary>
internal sealed class LaterResumeCase : HostileCase
{
    private const int Size = 1 << 20;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);

    public LaterResumeCase()
        : base(
            "1b-later",
            "an infected file is trickled, found and broken off; half a minute later the URL is clean, and curl -C - resumes",
            "what curl calls complete is the clean file: what left unproved is remembered for hours")
    {
        IsShort = false;
    }

    public override async Task RunAsync(CaseRun run)
    {
        var wheel = new VariantWheel("hostile", Size);
        var (clean, infected) = (wheel.Clean(), wheel.Infected(100));
        var isClean = false;
        var origin = run.Made(await SteppedOrigin.StartAsync(
            wheel, null, (context, _) =>
                Volatile.Read(ref isClean)
                    ? TestKit.FakeOrigin.SendAsync(context, clean)
                    : SteppedOrigin.DripAsync(context, infected, TimeSpan.FromSeconds(2))));
        var proxy = await run.TricklingProxyAsync(
            [.. Route.Of("files", origin.Url), .. BrokenTrickleCase.ShortWaits, ("ClamProxy__Gate__Linger", $"{Linger.TotalSeconds}s")]);
        var job = new DownloadJob($"http://127.0.0.1:{proxy.Port}/files", wheel, run.Folder());

        var first = await DownloadClients.Curl.DownloadAsync(job, run.Ending);
        run.Saw($"the first attempt left {first.Length} bytes");
        run.Must(!first.IsComplete, "the infected file was delivered");
        Volatile.Write(ref isClean, true);
        await Task.Delay(Linger * 2, run.Ending);

        run.Judge("curl-C", await DownloadClients.CurlAgain.DownloadAsync(job, run.Ending), new Download(true, clean, "").Sha256);
    }
}
