using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 1a. All settings are the defaults, with a route whose files never change.</summary>
/// <param name="variant">What is different from the plain case, behind the client's name; empty: nothing.</param>
/// <param name="hasSmallStore">There is a store, and the file is too large for it.</param>
/// <param name="settings">Further settings.</param>
internal sealed class KnownCleanCase(
    DownloadClient client, string variant = "", bool hasSmallStore = false, params (string Name, string Value)[] settings)
    : HostileCase(
        $"1a-{client.Name}{variant}",
        $"a URL known as clean is infected for one request, which pauses before its last byte; {client.Name} resumes and gets the clean "
            + "end",
        "no byte of the infected file leaves, and what the client calls complete is the clean file")
{
    private const int Size = 3 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override async Task RunAsync(CaseRun run)
    {
        var wheel = new VariantWheel("hostile", Size);
        var (clean, infected) = (wheel.Clean(), wheel.Infected(4096));
        // pip is given the infected wheel's hash, as an index does whose owner is the attacker.
        var pinned = client == DownloadClients.Pip ? new Download(true, infected, "").Sha256 : null;
        var isNext = 0;
        var origin = run.Made(await SteppedOrigin.StartAsync(
            wheel,
            pinned,
            (context, _) => Interlocked.Exchange(ref isNext, 0) == 1
                ? SteppedOrigin.PauseAsync(context, infected, infected.Length - 1, Pause, isCut: false)
                : TestKit.FakeOrigin.SendAsync(context, clean)));
        var folder = run.Folder();
        (string, string)[] store = hasSmallStore ? [("STORE_PATH", folder.File("store")), ("STORE_SIZE", "1M")] : [];
        var proxy = await run.ProxyAsync([.. Route.Of("files", origin.Url, cacheScan: true), .. store, .. settings]);
        var job = new DownloadJob($"http://127.0.0.1:{proxy.Port}/files", wheel, run.Folder());
        // By the same client: what it sends may select another answer than what others send.
        var first = await client.DownloadAsync(job with { Folder = run.Folder() }, run.Ending);
        run.Must(first.IsComplete || pinned is not null, $"the clean file is not delivered: {first.Log}");

        Volatile.Write(ref isNext, 1);
        var download = await client.DownloadAsync(job, run.Ending);
        run.Judge(client.Name, download, new Download(true, clean, "").Sha256);
        run.Must(!download.HasEicar, "bytes of the infected file left before they were compared");
        run.Must(Volatile.Read(ref isNext) == 0, $"the origin was asked {origin.Asked} times, and not once infected: nothing was attacked");
    }
}
