using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>One attempt: one content, one scanner, by the cheaper of the two ways it offers. A repeat is one on a scanner that failed this
/// content before.</summary>
internal sealed class HostScan(ScanLease lease, ScanSource source, bool isRepeat, TimeProvider time, ILogger logger)
{
    private bool _isAbandoned;

    private ClamdHost Host => lease.Host;

    /// <param name="mayPass">Whether the content may go as a descriptor; a second attempt after an ERROR streams it.</param>
    /// <param name="deadline">The scan's own deadline, all attempts together.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<ScanAttempt> RunAsync(bool mayPass, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var silence = Host.Silence;
        using var any = CancellationTokenSource.CreateLinkedTokenSource(silence, deadline, cancellationToken);
        try
        {
            var attempt = await ScanAsync(mayPass, any.Token).ConfigureAwait(false);
            if (attempt.Reply.Kind is ReplyKind.ReadTimedOut)
            {
                return Failed(new ClamdException(ScannerFault.TimedOut, "it gave up reading the content"));
            }
            if (attempt.Reply.Kind is ReplyKind.Clean && !Host.IsTrusted)
            {
                return new ScanAttempt(default, new ClamdException(ScannerFault.LostTrust, "it failed its test meanwhile"));
            }

            Host.Scanned(time.GetElapsedTime(started));
            return attempt;
        }
        catch (ClamdException untested) when (untested.Fault is ScannerFault.LostTrust)
        {
            // The content was not handed over: another scanner may take it.
            return new ScanAttempt(default, untested);
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

    private async Task<ScanAttempt> ScanAsync(bool mayPass, CancellationToken cancellationToken)
    {
        if (mayPass && source.File is { } file && !Host.RefusesDescriptors)
        {
            var attempt = await OnSessionAsync(
                session => PassAsync(session, file, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (attempt is { } answer && !IsRefusalOfDescriptors(answer.Reply))
            {
                return answer;
            }

            if (attempt is { } refusal)
            {
                Host.RefusesDescriptors = true;
                ClamdLog.DescriptorsRefused(logger, Host.Name, refusal.Reply.Text);
            }
        }

        var streamed = await OnSessionAsync(StreamAsync, cancellationToken).ConfigureAwait(false);
        return streamed!.Value;

        async Task<ClamdReply?> StreamAsync(ClamdSession session) =>
            await session.StreamAsync(source, Abandon, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One conversation on a session of the scanner's; null where the content was not handed over.</summary>
    private async Task<ScanAttempt?> OnSessionAsync(Func<ClamdSession, Task<ClamdReply?>> converse, CancellationToken cancellationToken)
    {
        var session = await Host.Sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Asked for before the scan, so never newer than what scanned.
            var (version, limits) = (session.Version, session.Limits);
            var reply = await converse(session).ConfigureAwait(false);
            return reply is { } answer ? new ScanAttempt(answer, null) { Version = version, Limits = limits } : null;
        }
        finally
        {
            if (!_isAbandoned)
            {
                Host.Sessions.Return(session);
            }
        }
    }

    private void Abandon(ClamdSession session)
    {
        _isAbandoned = true;
        lease.Abandon(session);
    }

    /// <summary>
    /// Null where the file cannot be passed: the process does not read descriptors, it is not a regular file of the announced length, or it
    /// cannot be reopened for reading.
    /// </summary>
    private async Task<ClamdReply?> PassAsync(ClamdSession session, SafeFileHandle file, CancellationToken cancellationToken)
    {
        if (!session.ReadsDescriptors)
        {
            return null;
        }

        using var readable = Descriptor.ReopenForReading(file, source.Length);
        if (readable is null)
        {
            return null;
        }

        var length = RandomAccess.GetLength(readable);
        var reply = await session.PassAsync(readable, Abandon, cancellationToken).ConfigureAwait(false);
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
