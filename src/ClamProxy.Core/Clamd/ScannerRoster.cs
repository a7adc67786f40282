using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>The scanners there are at this moment: one for each address that the configured entries lead to, and those that left them and
/// still have scans under way.</summary>
internal sealed class ScannerRoster : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ClamdOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ScannerNudge _change = new();
    private readonly HashSet<string> _drained = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<ScannerEntry> _entries;
    private volatile IReadOnlyList<ClamdHost> _hosts = [];

    public ScannerRoster(ClamdOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _entries = [.. options.Hosts.Select(host => new ScannerEntry(ClamdEndpoint.Parse(host)))];
        Update();
    }

    /// <summary>A list that never changes: <see cref="SetEntries"/> puts another one in its place.</summary>
    public IReadOnlyList<ScannerEntry> Entries => _entries;

    /// <summary>A list that never changes: a change puts another one in its place.</summary>
    public IReadOnlyList<ClamdHost> Hosts => _hosts;

    /// <summary>What is known of each scanner, and of each name that leads to none.</summary>
    public IEnumerable<ScannerState> States
    {
        get
        {
            // A name that has just been looked up leads to scanners that are not among these yet.
            var hosts = _hosts;
            var known = hosts.Select(host => host.Client.Endpoint.Address).ToHashSet();
            return
            [
                .. hosts.Select(host => host.State),
                .. Entries.Where(entry => !entry.Scanners.Any(scanner => known.Contains(scanner.Address))).Select(
                    entry => new ScannerState(entry.Text, false, false, null, entry.Trouble ?? "it has not answered yet", 0, null)),
            ];
        }
    }

    /// <summary>The scanners that an entry leads to.</summary>
    public IEnumerable<ClamdHost> HostsOf(ScannerEntry entry)
    {
        var addresses = entry.Scanners.Select(scanner => scanner.Address).ToHashSet();
        return _hosts.Where(host => addresses.Contains(host.Client.Endpoint.Address));
    }

    /// <summary>Completes when other scanners are configured: take it before a look at the entries, so that no change is missed.</summary>
    public Task NextChange() => _change.Next();

    /// <summary>
    /// From now on these are configured. Scanners that were before and are not now finish their scans and get no new ones.
    /// </summary>
    /// <param name="hosts">As <see cref="ClamdOptions.Hosts"/> has them, and valid.</param>
    public void SetEntries(IEnumerable<string> hosts)
    {
        lock (_gate)
        {
            var known = _entries.ToDictionary(entry => entry.Text, StringComparer.Ordinal);
            _entries =
            [
                .. hosts.Select(ClamdEndpoint.Parse).Select(
                    endpoint => known.TryGetValue(endpoint.Text, out var entry) ? entry : new ScannerEntry(endpoint)),
            ];
            Update();
        }

        _change.Give();
    }

    /// <summary>Takes scanners out, or lets them work again; so it stays when the name of one leads away from it and back.</summary>
    public void SetDrained(IEnumerable<ClamdHost> hosts, bool isDrained)
    {
        lock (_gate)
        {
            foreach (var host in hosts)
            {
                _ = isDrained ? _drained.Add(host.Name) : _drained.Remove(host.Name);
                host.SetDrained(isDrained);
            }
        }
    }

    /// <summary>Adds what the entries lead to by now, and has the rest leave.</summary>
    /// <returns>The scanners that are new.</returns>
    public IReadOnlyList<ClamdHost> Update()
    {
        lock (_gate)
        {
            var known = _hosts.ToDictionary(host => host.Client.Endpoint.Address);
            List<ClamdHost> fresh = [];
            List<ClamdHost> now = [];
            // An address that two entries lead to is one scanner.
            foreach (var endpoint in Entries.SelectMany(entry => entry.Scanners).DistinctBy(endpoint => endpoint.Address))
            {
                if (!known.Remove(endpoint.Address, out var host))
                {
                    host = new ClamdHost(endpoint, _options, _time, _logger);
                    host.SetDrained(_drained.Contains(host.Name));
                    fresh.Add(host);
                }

                host.SetLeaving(false);
                now.Add(host);
            }

            foreach (var host in known.Values)
            {
                host.SetLeaving(true);
            }

            _hosts = [.. now, .. known.Values];
            return fresh;
        }
    }

    /// <summary>Forgets a scanner that has left. False when its name leads to it again.</summary>
    public bool TryForget(ClamdHost host)
    {
        lock (_gate)
        {
            if (!host.IsLeaving)
            {
                return false;
            }

            _hosts = [.. _hosts.Where(other => other != host)];
        }

        host.Dispose();
        return true;
    }

    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
        }
    }
}
