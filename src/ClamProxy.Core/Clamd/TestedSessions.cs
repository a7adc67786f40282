using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>The sessions with one scanner. None is given out before its own process has passed the test, on that same connection: so a
/// clamd that was restarted, replaced or is another one behind the same address is tested before it gets work.</summary>
internal sealed class TestedSessions(ClamdHost host, ClamdOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>clamd ends a silent session after its ReadTimeout, 2 minutes by default.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SessionOpening _opening = new(host, options, time, logger);
    private readonly List<ClamdSession> _idle = [];
    private int _generation;

    /// <summary>A session whose process has passed its test: one that waits, else a new one.</summary>
    /// <exception cref="ClamdException">There is no connection, or the process behind it is not trusted.</exception>
    public async Task<ClamdSession> TakeAsync(CancellationToken cancellationToken)
    {
        while (TakeIdle() is { } session)
        {
            if (session.IsUsable)
            {
                return session;
            }

            session.Dispose();
        }

        return await _opening.RunAsync(Volatile.Read(ref _generation), isOwed: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a session back: it waits for its next scan where it is still in step, else it ends.</summary>
    public void Return(ClamdSession session)
    {
        if (session.IsUsable && TryKeep(session))
        {
            return;
        }

        session.Dispose();
    }

    /// <summary>No session that was tested until now is given out again. Scans that are under way end on theirs.</summary>
    public void Retire()
    {
        List<ClamdSession> idle;
        lock (_gate)
        {
            _generation++;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (var session in idle)
        {
            session.Dispose();
        }
    }

    /// <summary>Tests the scanner again, on a new connection, which then waits for a scan.</summary>
    /// <exception cref="ClamdException">No connection, no answer, or it failed.</exception>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        Retire();
        host.RefusesDescriptors = false;
        Return(await _opening.RunAsync(Volatile.Read(ref _generation), isOwed: true, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Keeps the sessions that wait alive, and as many of them as <see cref="ClamdOptions.ReadySessions"/> says, so that scans
    /// seldom wait for a test.</summary>
    /// <exception cref="ClamdException">No connection, no answer, or the process behind a new one is not trusted.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        // Where a scanner has to prove its limits, a test takes a second: then none is given up.
        var isProving = host.Limits is { IsSilent: true };
        foreach (var session in TakeSilent())
        {
            var isWanted = Idle < options.ReadySessions
                || (Idle < options.MaxScansPerHost
                    && (isProving || time.GetElapsedTime(session.WorkedAt) < options.SessionIdleTime));
            if (isWanted && await AnswersAsync(session, cancellationToken).ConfigureAwait(false))
            {
                Return(session);
            }
            else
            {
                session.Dispose();
            }
        }

        while (Idle + host.ScansInFlight < options.ReadySessions)
        {
            var session = await _opening.RunAsync(Volatile.Read(ref _generation), isOwed: false, cancellationToken).ConfigureAwait(false);
            if (!TryKeep(session))
            {
                session.Dispose();
                return;
            }
        }
    }

    public void Dispose() => Retire();

    private int Idle
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    private ClamdSession? TakeIdle()
    {
        lock (_gate)
        {
            if (_idle.Count == 0)
            {
                return null;
            }

            // The last one returned: so the others become silent, and end.
            var session = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return session;
        }
    }

    private List<ClamdSession> TakeSilent()
    {
        lock (_gate)
        {
            var silent = _idle.FindAll(session => time.GetElapsedTime(session.UsedAt) >= Silence);
            _idle.RemoveAll(silent.Contains);
            return silent;
        }
    }

    private bool TryKeep(ClamdSession session)
    {
        lock (_gate)
        {
            if (session.Generation != _generation)
            {
                return false;
            }

            _idle.Add(session);
            return true;
        }
    }

    private async Task<bool> AnswersAsync(ClamdSession session, CancellationToken cancellationToken)
    {
        try
        {
            if (!session.IsUsable)
            {
                return false;
            }

            await ProbeDeadline.RunAsync(PingAsync, options.DownAfter, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ClamdException)
        {
            return false;
        }

        async Task<bool> PingAsync(CancellationToken token)
        {
            await session.PingAsync(token).ConfigureAwait(false);
            return true;
        }
    }
}
