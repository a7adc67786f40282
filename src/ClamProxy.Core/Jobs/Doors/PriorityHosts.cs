using ClamProxy.Core.Download;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>The hosts whose files are scanned before others'.</summary>
internal sealed class PriorityHosts
{
    private const string All = "*";

    private readonly HashSet<string> _hosts = new(StringComparer.Ordinal);
    private readonly List<string> _suffixes = [];
    private readonly bool _isAll;

    public PriorityHosts(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            var isWildcard = entry.StartsWith("*.", StringComparison.Ordinal);
            var name = HostName.Normalise(isWildcard ? entry[2..] : entry);
            if (entry == All)
            {
                _isAll = true;
            }
            else if (name.Contains('*', StringComparison.Ordinal) || Uri.CheckHostName(name) == UriHostNameType.Unknown)
            {
                WrongEntries.Add(entry);
            }
            else if (isWildcard)
            {
                _suffixes.Add("." + name);
            }
            else
            {
                _hosts.Add(name);
            }
        }
    }

    public List<string> WrongEntries { get; } = [];

    /// <param name="source">The URL that a content comes from; null: it has none.</param>
    public JobPriority PriorityOf(string? source) =>
        _isAll || (Uri.TryCreate(source, UriKind.Absolute, out var url) && Has(HostName.Normalise(url.IdnHost)))
            ? JobPriority.High
            : JobPriority.Normal;

    private bool Has(string host) => _hosts.Contains(host) || _suffixes.Any(suffix => host.EndsWith(suffix, StringComparison.Ordinal));
}
