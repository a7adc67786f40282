using System.Net;

namespace ClamProxy.Core.Clamd;

/// <summary>One entry of <see cref="ClamdOptions.Hosts"/>: one scanner, or a name and the addresses it leads to, each a scanner of its
/// own. Changed by <see cref="ScannerNames"/> alone.</summary>
internal sealed class ScannerEntry
{
    private readonly ClamdEndpoint _endpoint;
    private volatile IReadOnlyList<ClamdEndpoint> _scanners;
    private volatile string? _trouble;

    public ScannerEntry(ClamdEndpoint endpoint)
    {
        _endpoint = endpoint;
        Name = endpoint.Address is DnsEndPoint name ? name.Host : null;
        _scanners = Name is null ? [endpoint] : [];
        _trouble = Name is null ? null : "its name has not been looked up yet";
        if (Name is null)
        {
            LookedUp.SetResult();
        }
    }

    public string Text => _endpoint.Text;

    /// <summary>The name to look up; null for an address or a unix socket.</summary>
    public string? Name { get; }

    /// <summary>Where it leads to, as was last known.</summary>
    public IReadOnlyList<ClamdEndpoint> Scanners => _scanners;

    /// <summary>Why the last look-up gave nothing; null when it gave something.</summary>
    public string? Trouble => _trouble;

    /// <summary>Completes with the first look-up, whatever came of it.</summary>
    public TaskCompletionSource LookedUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes what the name leads to now. Over the bound those known before stay, then the lowest.</summary>
    /// <returns>How many were left out.</returns>
    public int Set(IEnumerable<IPAddress> addresses, int most)
    {
        var port = ((DnsEndPoint)_endpoint.Address).Port;
        var known = _scanners.Select(scanner => scanner.Address).ToHashSet();
        var now = addresses
            .Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            .Distinct()
            .Select(address => new IPEndPoint(address, port))
            .OrderBy(address => known.Contains(address) ? 0 : 1)
            .ThenBy(address => Convert.ToHexString(address.Address.GetAddressBytes()), StringComparer.Ordinal)
            .ToList();
        _scanners = [.. now.Take(most).Select(address => _endpoint.At(address))];
        _trouble = null;
        return Math.Max(0, now.Count - most);
    }

    /// <summary>The look-up gave nothing: what was known stays.</summary>
    /// <returns>Whether that is news.</returns>
    public bool SetTrouble(string trouble)
    {
        var isNews = _trouble is null || !LookedUp.Task.IsCompleted;
        _trouble = trouble;
        return isNews;
    }
}
