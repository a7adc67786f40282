using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>
/// Item 1b. Only the waits are shorter: PATIENCE_SECONDS 500 ms in place of 10 s, a step of the trickle every 100 ms in place of 2 s.
/// </summary>
/// <param name="isTrickled">The operator has chosen the trickle for everybody.</param>
internal sealed class BrokenTrickleCase(DownloadClient client, bool isTrickled = false) : HostileCase(
    $"1b-{client.Name}{(isTrickled ? "-trickle" : "")}",
    $"the first two downloads of an infected file drip and are cut off, all others are clean: {client.Name} resumes behind the infected "
        + "bytes that it was trickled",
    "what the client calls complete is the clean file")
{
    private const int Size = 1 << 20;

    public static (string, string)[] ShortWaits { get; } = [("PATIENCE_SECONDS", "500ms"), ("ClamProxy__Gate__TrickleInterval", "100ms")];

    public override async Task RunAsync(CaseRun run)
    {
        var wheel = new VariantWheel("hostile", Size);
        var (clean, infected) = (wheel.Clean(), wheel.Infected(100));
        var origin = run.Made(await SteppedOrigin.StartAsync(wheel, null, (context, number) => number <= 2
            ? SteppedOrigin.PauseAsync(context, infected, Size / 2, TimeSpan.FromSeconds(1.5), isCut: true)
            : TestKit.FakeOrigin.SendAsync(context, clean)));
        // pip keeps what it reads in pieces of 256 KiB.
        (string, string)[] faster = client == DownloadClients.Pip ? [("ClamProxy__Gate__TrickleBytes", "64K")] : [];
        (string, string)[] settings = [.. Route.Of("files", origin.Url), .. ShortWaits, .. faster];
        var proxy = await (isTrickled ? run.TricklingProxyAsync(settings) : run.ProxyAsync(settings));

        var download = await client.DownloadAsync(new DownloadJob($"http://127.0.0.1:{proxy.Port}/files", wheel, run.Folder()), run.Ending);

        run.Judge(client.Name, download, new Download(true, clean, "").Sha256);
    }
}
