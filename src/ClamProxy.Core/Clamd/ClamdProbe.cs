using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>One probe of one scanner: does it answer, what is it, and, where that is due, does it really look.</summary>
internal sealed class ClamdProbe(ClamdHost host, ClamdOptions options, TimeProvider time, ILogger logger)
{
    private static readonly byte[] Ping = [.. "zPING\0"u8];
    private static readonly byte[] Version = [.. "zVERSION\0"u8];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var version = await InTimeAsync(AskAsync, options.DownAfter, cancellationToken);
            var isTestDue = host.NeedsTest(version);
            host.Answered(version);
            if (isTestDue) await TestAsync(version, cancellationToken);
        }
        catch (ClamdException fault)
        {
            host.ProbeFailed(fault);
        }
    }

    private async Task<ScannerVersion?> AskAsync(CancellationToken cancellationToken)
    {
        var pong = await host.Client.AskAsync(Ping, cancellationToken);
        if (pong is not "PONG") throw new ClamdException(ScannerFault.Protocol, "it answers PING with something else: it is no clamd");
        var version = await host.Client.AskAsync(Version, cancellationToken);
        // clamd 1.5 can be told not to answer it.
        return version is "COMMAND UNAVAILABLE" or "UNKNOWN COMMAND" ? null : ScannerVersion.Parse(version);
    }

    private async Task TestAsync(ScannerVersion? version, CancellationToken cancellationToken)
    {
        try
        {
            host.Tested(version, await CanariesAsync(cancellationToken));
        }
        catch (ClamdException slow) when (slow.Fault is ScannerFault.TimedOut or ScannerFault.SendStalled or ScannerFault.ConnectTimedOut)
        {
            // It answered the ping: busy, so this proves nothing. What it was trusted for before still holds; the next probe tests again.
            ClamdLog.TestTookTooLong(logger, host.Name, slow.Message);
        }
    }

    /// <summary>What is wrong with the scanner, or null.</summary>
    private async Task<string?> CanariesAsync(CancellationToken cancellationToken)
    {
        foreach (var canary in Canaries.All)
        {
            var reply = await InTimeAsync(token => StreamAsync(canary, token), options.CanaryTimeout, cancellationToken);
            var trouble = Trouble(canary, reply);
            if (trouble is null) continue;
            if (!canary.IsAboutLimits || options.SilentLimits is SilentLimits.Refuse) return trouble;
            ClamdLog.SilentLimitsAccepted(logger, host.Name, trouble);
        }

        if (host.MayPassDescriptors) host.TakesDescriptors = await ReadsDescriptorsAsync(cancellationToken);
        return null;
    }

    /// <summary>Whether it finds EICAR behind a descriptor too: one that may not read what it is passed says OK to it.</summary>
    private async Task<bool> ReadsDescriptorsAsync(CancellationToken cancellationToken)
    {
        using var file = Descriptor.InMemory(Canaries.Eicar.Content.Span);
        if (file is null) return false;
        string why;
        try
        {
            var reply = await InTimeAsync(
                token => host.Client.PassAsync(file, static connection => connection.Dispose(), token), options.CanaryTimeout, cancellationToken);
            if (reply.Kind is ReplyKind.Found) return true;
            why = reply.Kind is ReplyKind.Clean ? "it does not find EICAR behind one" : reply.Text;
        }
        catch (ClamdException fault)
        {
            why = fault.Message;
        }

        ClamdLog.DescriptorsRefused(logger, host.Name, why);
        return false;
    }

    private Task<ClamdReply> StreamAsync(Canary canary, CancellationToken cancellationToken)
    {
        var source = new ScanSource(canary.Content.Length, null, () => new MemoryStream(canary.Content.ToArray(), writable: false));
        return host.Client.StreamAsync(source, static connection => connection.Dispose(), cancellationToken);
    }

    private static string? Trouble(Canary canary, ClamdReply reply) => reply.Kind switch
    {
        ReplyKind.Found => null,
        ReplyKind.Clean => canary.Advice,
        ReplyKind.None or ReplyKind.Error or ReplyKind.ReadTimedOut => $"it cannot scan: {reply.Text}",
    };

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClamdException(ScannerFault.TimedOut, $"it did not answer within {timeout.TotalSeconds:0.#} s", cause);
        }
    }
}
