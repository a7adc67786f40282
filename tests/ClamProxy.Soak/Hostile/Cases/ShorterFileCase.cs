using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>
/// Item 1b with a later file that ends in front of the byte the client resumes at: to a 416, wget -c and curl -C - say that all is there.
/// </summary>
internal sealed class ShorterFileCase(DownloadClient client) : HostileCase(
    $"1b-{client.Name}-416",
    $"an infected file is trickled and cut off, then the URL has a clean file of 100 bytes: {client.Name} resumes and is told that "
        + "nothing is missing",
    "the infected prefix is not called complete")
{
    private const int Size = 1 << 20;

    public override async Task RunAsync(CaseRun run)
    {
        var wheel = new VariantWheel("hostile", Size);
        var infected = wheel.Infected(100);
        var small = new string('a', 100).Select(one => (byte)one).ToArray();
        var origin = run.Made(await SteppedOrigin.StartAsync(wheel, null, (context, number) => number <= 2
            ? SteppedOrigin.PauseAsync(context, infected, Size / 2, TimeSpan.FromSeconds(1.5), isCut: true)
            : FakeOrigin.SendAsync(context, small)));
        var proxy = await run.TricklingProxyAsync([.. Route.Of("files", origin.Url), .. BrokenTrickleCase.ShortWaits]);

        var download = await client.DownloadAsync(new DownloadJob($"http://127.0.0.1:{proxy.Port}/files", wheel, run.Folder()), run.Ending);

        run.Judge(client.Name, download, new Download(true, small, "").Sha256);
    }
}
