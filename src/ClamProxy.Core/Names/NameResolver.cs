using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Names;

/// <summary>
/// Resolves host names on threads of its own. The system's resolver blocks its thread for as long as a name server is silent; on the thread
/// pool, which has a bounded number of threads (decision 0033), a few dozen such names would stop the whole process (decision 0039). One
/// query serves everybody who asks for its name, clients take turns, and a failure is remembered for a moment.
/// </summary>
public sealed class NameResolver : IDisposable
{
    // The system's resolver needs a fraction of it.
    private const int StackBytes = 512 * 1024;

    private readonly NameOptions _options;
    private readonly SystemResolver _system;
    private readonly NameMetrics _metrics;
    private readonly TimeProvider _time;

    // Not a Lock: the threads wait on it for work.
    private readonly object _gate = new();
    private readonly Dictionary<string, NameQuery> _queries = new(StringComparer.Ordinal);
    private readonly NameQueue _queue;
    private readonly NameFailures _failures;
    private bool _isDisposed;

    public NameResolver(NameOptions options, SystemResolver system, NameMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        _options = options;
        _system = system;
        _metrics = metrics;
        _time = time;
        _queue = new NameQueue(options.ThreadsPerClient, options.MaxNamesPerClient);
        _failures = new NameFailures(options.FailureTtl, options.MaxFailures, time);
        metrics.ObserveWaiting(() => Pending);

        // All of them now: .NET ends the process when it finds no descriptor for a new thread (decision 0033).
        for (var i = 0; i < options.Threads; i++)
        {
            new Thread(Work, StackBytes) { IsBackground = true, Name = $"resolver {i}" }.Start();
        }
    }

    /// <summary>Names that wait for a thread, or have one.</summary>
    internal int Pending
    {
        get
        {
            lock (_gate)
            {
                return _queries.Count;
            }
        }
    }

    /// <summary>The addresses of a name, at least one.</summary>
    /// <param name="name">A host name in ASCII, no address.</param>
    /// <param name="client">Whose turn it takes: a client's network; null: ClamProxy's own (scanners, Redis), which is a client like the
    /// others.</param>
    /// <param name="cancellationToken">Ends the wait; the query goes on for others.</param>
    /// <exception cref="NameException">It has none, was not resolved in time, or too many names are waiting.</exception>
    public async Task<IPAddress[]> FindAsync(string name, string? client, CancellationToken cancellationToken)
    {
        var key = name.ToLowerInvariant();
        var query = Join(key, client ?? "");
        try
        {
            var answer = await query.Answer.WaitAsync(_options.Timeout, _time, cancellationToken).ConfigureAwait(false);
            return answer.IsFailure ? throw new NameException(key, answer.Error) : answer.Addresses;
        }
        catch (TimeoutException)
        {
            _metrics.TimedOut();
            throw new NameException(key, SocketError.TimedOut);
        }
        finally
        {
            Leave(query);
        }
    }

    /// <summary>Ends the threads, each when its name is resolved.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private NameQuery Join(string name, string client)
    {
        lock (_gate)
        {
            if (_failures.Find(name) is { } error)
            {
                _metrics.FailedBefore();
                throw new NameException(name, error);
            }

            if (!_queries.TryGetValue(name, out var query))
            {
                query = Begin(name, client);
            }
            else if (query.StartedFor is not null)
            {
                RefuseOverdue(query);
            }
            else
            {
                // Where this client's line is full, another client's turn has to do.
                _queue.TryAdd(query, client);
            }

            query.Waiters++;
            Monitor.Pulse(_gate);
            return query;
        }
    }

    private NameQuery Begin(string name, string client)
    {
        var query = new NameQuery(name);
        if (_queries.Count >= _options.MaxNames || !_queue.TryAdd(query, client))
        {
            _metrics.Refused();
            throw new NameException(name, SocketError.NoBufferSpaceAvailable);
        }

        _queries.Add(name, query);
        return query;
    }

    /// <summary>A name that nobody's time was long enough for is not waited for again.</summary>
    private void RefuseOverdue(NameQuery query)
    {
        if (_time.GetElapsedTime(query.StartedAt) >= _options.Timeout)
        {
            _metrics.TimedOut();
            throw new NameException(query.Name, SocketError.TimedOut);
        }
    }

    private void Leave(NameQuery query)
    {
        lock (_gate)
        {
            if (--query.Waiters == 0 && query.StartedFor is null)
            {
                _queue.Withdraw(query);
                _queries.Remove(query.Name);
            }
        }
    }

    private void Work()
    {
        while (Next() is { } query)
        {
            var answer = Ask(query.Name);
            lock (_gate)
            {
                _queue.Finish(query);
                _queries.Remove(query.Name);
                if (answer.IsFailure)
                {
                    _failures.Add(query.Name, answer.Error);
                }
            }

            _metrics.Resolved(answer, _time.GetElapsedTime(query.StartedAt));
            query.Complete(answer);
        }
    }

    private NameQuery? Next()
    {
        lock (_gate)
        {
            while (!_isDisposed)
            {
                if (_queue.TakeNext() is { } query)
                {
                    query.StartedAt = _time.GetTimestamp();
                    return query;
                }

                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    private NameLookupResult Ask(string name)
    {
        try
        {
            var addresses = _system(name);
            return new NameLookupResult(addresses, addresses.Length > 0 ? SocketError.Success : SocketError.NoData);
        }
        catch (SocketException exception)
        {
            return new NameLookupResult([], exception.SocketErrorCode);
        }
        catch (Exception)
        {
            // No name at all: an exception that leaves this thread would end the process.
            return new NameLookupResult([], SocketError.HostNotFound);
        }
    }
}
