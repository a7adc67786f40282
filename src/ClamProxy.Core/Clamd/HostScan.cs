using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>One attempt: one content, one scanner, by the cheaper of the two ways it offers. A repeat is one on a scanner that failed this
/// content before.</summary>
internal sealed class HostScan(ScanLease lease, ScanSource source, bool isRepeat, ILogger logger)
{
    private ClamdHost Host => lease.Host;

    /// <param name="mayPass">Whether the content may go as a descriptor; a second attempt after an ERROR streams it.</param>
    /// <param name="deadline">The scan's own deadline, all attempts together.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<ScanAttempt> RunAsync(bool mayPass, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var silence = Host.Silence;
        using var any = CancellationTokenSource.CreateLinkedTokenSource(silence, deadline, cancellationToken);
        try
        {
            var reply = await ScanAsync(mayPass, any.Token);
            if (reply.Kind is ReplyKind.ReadTimedOut)
            {
                return Failed(new ClamdException(ScannerFault.TimedOut, "it gave up reading the content"));
            }
            if (reply.Kind is ReplyKind.Clean && !Host.IsTrusted)
            {
                return new ScanAttempt(default, new ClamdException(ScannerFault.LostTrust, "it failed its test meanwhile"));
            }

            Host.Scanned();
            return new ScanAttempt(reply, null);
        }
        catch (ClamdException fault)
        {
            return Failed(fault);
        }
        catch (OperationCanceledException cause) when (any.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return silence.IsCancellationRequested
                ? new ScanAttempt(default, new ClamdException(ScannerFault.WentSilent, "it stopped answering", cause))
                : Failed(new ClamdException(ScannerFault.TimedOut, "it gave no answer within ScanTimeout", cause));
        }
    }

    private async Task<ClamdReply> ScanAsync(bool mayPass, CancellationToken cancellationToken)
    {
        if (mayPass && Host.TakesDescriptors && source.File is { } file)
        {
            var reply = await PassAsync(file, cancellationToken);
            if (reply is { } answer && !IsRefusalOfDescriptors(answer)) return answer;
            if (reply is { } refusal)
            {
                Host.TakesDescriptors = false;
                ClamdLog.DescriptorsRefused(logger, Host.Name, refusal.Text);
            }
        }

        return await Host.Client.StreamAsync(source, lease.Abandon, cancellationToken);
    }

    /// <summary>Null where the file cannot be passed: not a regular file of the announced length, or it cannot be reopened for
    /// reading.</summary>
    private async Task<ClamdReply?> PassAsync(SafeFileHandle file, CancellationToken cancellationToken)
    {
        using var readable = Descriptor.ReopenForReading(file, source.Length);
        if (readable is null) return null;
        var length = RandomAccess.GetLength(readable);
        var reply = await Host.Client.PassAsync(readable, lease.Abandon, cancellationToken);
        // clamd does not report what it could not read: a file that shrank meanwhile is OK to it.
        if (reply.Kind is ReplyKind.Clean && !Descriptor.IsWhole(readable, length))
        {
            throw new ScanSourceException("The file changed while it was scanned.");
        }
        return reply;
    }

    private static bool IsRefusalOfDescriptors(ClamdReply reply) =>
        reply is { Kind: ReplyKind.Error, Text: "No file descriptor received." or "UNKNOWN COMMAND" or "COMMAND UNAVAILABLE" };

    private ScanAttempt Failed(ClamdException fault)
    {
        Host.ScanFailed(fault, isRepeat);
        ClamdLog.AttemptFailed(logger, Host.Name, fault.Fault, fault.Message);
        return new ScanAttempt(default, fault);
    }
}
