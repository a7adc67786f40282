using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 3: at the address of a scanner comes another process.</summary>
internal sealed class RestartedScannerCase() : HostileCase(
    "3-restart",
    "the scanner ends and is started again at once with AlertExceedsMax no and MaxFileSize 1M",
    "no file that the new one does not look at comes back 200")
{
    public override async Task RunAsync(CaseRun run)
    {
        var clamd = run.Made(await ClamdProcess.StartAsync([.. ShippedClamd.Lines()]));
        var origin = run.Made(await UnseenFiles.StartAsync());
        var proxy = await run.ProxyAsync(("CLAMD_HOSTS", clamd.TcpEndpoint));
        await clamd.StartAgainAsync("AlertExceedsMax no", "MaxFileSize 1M");
        await UnseenFiles.JudgeAsync(run, proxy, origin);
    }
}
