using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>One probe of one scanner: does it answer, what is it, and, where that is due, does it really look.</summary>
internal sealed class ClamdProbe(ClamdHost host, ClamdOptions options, TimeProvider time, ILogger logger)
{
    private static readonly byte[] Ping = [.. "zPING\0"u8];
    private static readonly byte[] Version = [.. "zVERSION\0"u8];
    private static readonly byte[] Stats = [.. "zSTATS\0"u8];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var version = await ProbeDeadline.RunAsync(AskAsync, options.DownAfter, time, cancellationToken).ConfigureAwait(false);
            var reloads = host.Reload.Reloads;
            await WatchReloadsAsync(cancellationToken).ConfigureAwait(false);
            var isTestDue = host.NeedsTest(version) || host.Reload.Reloads != reloads;
            host.Answered(version);
            if (isTestDue)
            {
                await TestAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ClamdException fault)
        {
            host.ProbeFailed(fault);
        }
    }

    /// <summary>Keeps sessions ready, behind the probe, so that the first scan does not wait for them.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (!host.MayWork)
        {
            return;
        }

        try
        {
            await host.Sessions.KeepAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ClamdException)
        {
            // Nothing waits for these: the next probe, or a scan, finds out what is wrong.
        }
    }

    private async Task<ScannerVersion?> AskAsync(CancellationToken cancellationToken)
    {
        var pong = await host.Client.AskAsync(Ping, cancellationToken).ConfigureAwait(false);
        if (pong is not "PONG")
        {
            throw new ClamdException(ScannerFault.Protocol, "it does not answer PING with PONG: it is not clamd");
        }

        var version = await host.Client.AskAsync(Version, cancellationToken).ConfigureAwait(false);
        // clamd 1.5 can be told not to answer it.
        return version is "COMMAND UNAVAILABLE" or "UNKNOWN COMMAND" ? null : ScannerVersion.Parse(version);
    }

    /// <summary>STATS waits for a thread of clamd's, where PING does not: no answer says nothing.</summary>
    private async Task WatchReloadsAsync(CancellationToken cancellationToken)
    {
        if (!host.Reload.IsTold)
        {
            return;
        }

        try
        {
            host.Reload.Saw(await ProbeDeadline.RunAsync(
                token => host.Client.AskLinesAsync(Stats, token), options.ProbeInterval, time, cancellationToken).ConfigureAwait(false));
        }
        catch (ClamdException)
        {
            // The next probe asks again; whether it lives was asked before.
        }
    }

    private async Task TestAsync(CancellationToken cancellationToken)
    {
        try
        {
            await host.Sessions.RenewAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ClamdException failed) when (failed.Fault is ScannerFault.LostTrust)
        {
            // The scanner's state and the log say so already.
        }
        catch (ClamdException slow) when (slow.Fault is ScannerFault.TimedOut or ScannerFault.SendStalled or ScannerFault.ConnectTimedOut)
        {
            // It answered the ping: busy, so this proves nothing. What it was trusted for before still holds; the next probe tests again.
            ClamdLog.TestTookTooLong(logger, host.Name, slow.Message);
        }
    }
}
