using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>Opens a session and tests the process behind it. What it finds wrong is the scanner's state at once.</summary>
internal sealed class SessionOpening(ClamdHost host, ClamdOptions options, TimeProvider time, ILogger logger)
{
    private static readonly byte[] VersionCommand = [.. "zVERSION\0"u8];

    /// <param name="generation">See <see cref="ClamdSession.Generation"/>.</param>
    /// <param name="isOwed">This is the scanner's regular test: its state follows from it even where nothing has changed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ClamdException">No connection, no answer, or the process is not trusted
    /// (<see cref="ScannerFault.LostTrust"/>).</exception>
    public async Task<ClamdSession> RunAsync(int generation, bool isOwed, CancellationToken cancellationToken)
    {
        // A refused descriptor ends a session, and the next one is not asked to read any.
        for (var isAgain = false; ; isAgain = true)
        {
            var session = await host.Client.OpenAsync(generation, cancellationToken).ConfigureAwait(false);
            try
            {
                var (trouble, limits) = await TestAsync(session, cancellationToken).ConfigureAwait(false);
                if (isOwed || trouble is not null || limits != host.Limits)
                {
                    host.Tested(session.Version, trouble, limits);
                }

                if (trouble is not null)
                {
                    throw new ClamdException(ScannerFault.LostTrust, trouble);
                }

                session.Limits = limits;
                if (session.IsUsable)
                {
                    return session;
                }

                if (isAgain)
                {
                    throw new ClamdException(ScannerFault.Cut, "it closed the connection after its test");
                }
            }
            catch
            {
                session.Dispose();
                throw;
            }

            session.Dispose();
        }
    }

    private async Task<(string? Trouble, ScannerLimits? Limits)> TestAsync(ClamdSession session, CancellationToken cancellationToken)
    {
        if (host.TellsVersion)
        {
            var version = await ProbeDeadline.RunAsync(
                token => session.AskAsync(VersionCommand, token), options.DownAfter, time, cancellationToken).ConfigureAwait(false);
            session.Version = ScannerVersion.Parse(version);
        }

        var test = new ScannerTest(host, session, options, time, logger);
        var (trouble, limits) = await test.RunAsync(cancellationToken).ConfigureAwait(false);
        if (trouble is null && host.MayPassDescriptors && !host.RefusesDescriptors)
        {
            session.ReadsDescriptors = await test.ReadsDescriptorsAsync(cancellationToken).ConfigureAwait(false);
            host.RefusesDescriptors = !session.ReadsDescriptors;
        }

        return (trouble, limits);
    }
}
