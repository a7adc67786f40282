using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>One test of the process behind one session: does it find what it must, does it tell what it did not look at, and up to which
/// size does it look.</summary>
internal sealed class ScannerTest(ClamdHost host, ClamdSession session, ClamdOptions options, TimeProvider time, ILogger logger)
{
    /// <returns>What is wrong with it, or what it was shown to do.</returns>
    public async Task<(string? Trouble, ScannerLimits? Limits)> RunAsync(CancellationToken cancellationToken)
    {
        var isSilent = false;
        foreach (var canary in Canaries.All)
        {
            var reply = await StreamAsync(canary.Content, cancellationToken).ConfigureAwait(false);
            if (reply.Kind is ReplyKind.Clean && canary.Fresh is { } fresh)
            {
                reply = await StreamAsync(fresh(), cancellationToken).ConfigureAwait(false);
            }

            var trouble = Trouble(canary, reply);
            if (trouble is null)
            {
                continue;
            }

            if (!canary.IsAboutLimits || options.SilentLimits is SilentLimits.Refuse)
            {
                return (trouble, null);
            }

            ClamdLog.SilentLimitsAccepted(logger, host.Name, trouble);
            isSilent = true;
        }

        var search = new SizeSearch(content => StreamAsync(content, cancellationToken));
        var size = (isSilent ? null : await search.FindToldAsync(host.Limits?.TrustedSize ?? 0).ConfigureAwait(false))
            ?? await search.FindProvedAsync(host.Limits?.TrustedSize ?? 0).ConfigureAwait(false);
        if (size == 0)
        {
            return (
                "it does not scan a file of 64 KB, or an archive member of 1 MB: raise MaxFileSize and MaxScanSize in clamd.conf", null);
        }

        var encrypted = await StreamAsync(Canaries.Encrypted.Content, cancellationToken).ConfigureAwait(false);
        return (null, new ScannerLimits(size, isSilent, encrypted.Kind is ReplyKind.Found));
    }

    /// <summary>Whether it finds EICAR behind a descriptor too: one that may not read what it is passed says OK to it.</summary>
    public async Task<bool> ReadsDescriptorsAsync(CancellationToken cancellationToken)
    {
        using var file = Descriptor.InMemory(Canaries.Eicar.Content.Span);
        if (file is null)
        {
            return false;
        }

        string why;
        try
        {
            var reply = await ProbeDeadline.RunAsync(
                token =>
                    session.PassAsync(file, static _ => { }, token), options.CanaryTimeout, time, cancellationToken).ConfigureAwait(false);
            if (reply.Kind is ReplyKind.Found)
            {
                return true;
            }

            why = reply.Kind is ReplyKind.Clean ? "it does not find EICAR in a file passed as a descriptor" : reply.Text;
        }
        catch (ClamdException fault)
        {
            why = fault.Message;
        }

        ClamdLog.DescriptorsRefused(logger, host.Name, why);
        return false;
    }

    private static string? Trouble(Canary canary, ClamdReply reply) => ReplyOutcome.Of(reply) switch
    {
        ScanOutcome.Found => null,
        // It tells what it did not look at: fine for a canary that asks for that, not for one that is to be found.
        ScanOutcome.TooLarge or ScanOutcome.EngineLimit or ScanOutcome.Encrypted when canary.IsAboutLimits => null,
        ScanOutcome.TooLarge or ScanOutcome.EngineLimit or ScanOutcome.Encrypted =>
            $"it does not scan the EICAR test file: {reply.Text}; raise that limit in clamd.conf",
        ScanOutcome.Clean => canary.Advice,
        ScanOutcome.None or ScanOutcome.Error or ScanOutcome.Unavailable or ScanOutcome.Busy => $"it cannot scan: {reply.Text}",
    };

    private Task<ClamdReply> StreamAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var source = new ScanSource(content.Length, null, () => new MemoryStream(content.ToArray(), writable: false));
        return ProbeDeadline.RunAsync(
            token => session.StreamAsync(source, static _ => { }, token), options.CanaryTimeout, time, cancellationToken);
    }
}
