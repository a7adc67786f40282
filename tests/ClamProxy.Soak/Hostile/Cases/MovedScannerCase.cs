using System.Net;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 3: behind the name of a scanner comes another one.</summary>
internal sealed class MovedScannerCase() : HostileCase(
    "3-name",
    "the name of the scanner moves to a clamd with AlertExceedsMax no and MaxFileSize 1M, which answers before the old one stops",
    "no file that the new one does not look at comes back 200")
{
    private const string Scanner = "scanner.hostile.test";

    public override async Task RunAsync(CaseRun run)
    {
        var port = FreePort.Next();
        var bad = run.Made(await ClamdProcess.StartAsync("AlertExceedsMax no", "MaxFileSize 1M"));
        var before = new Forwarder(IPAddress.Parse("127.0.0.1"), port, run.Clamd.Port);
        var origin = run.Made(await UnseenFiles.StartAsync());
        run.Made(new Forwarder(IPAddress.Parse("127.0.0.2"), port, bad.Port));
        ProxyProcess proxy;
        await using (before)
        {
            var names = run.Made(new FakeNameServer());
            names.Set(Scanner, "127.0.0.1");
            proxy = await run.ProxyAsync(names, ("CLAMD_HOSTS", $"tcp://{Scanner}:{port}"));
            using var request = ClientFrom.Ask("/clean/0", origin.Url);
            using var answer = await proxy.Client.SendAsync(request, run.Ending);
            run.Must((int)answer.StatusCode == 200, $"with the scanner that was tested, a clean file is a {(int)answer.StatusCode}");
            names.Set(Scanner, "127.0.0.2");
        }

        await UnseenFiles.JudgeAsync(run, proxy, origin);
    }
}
