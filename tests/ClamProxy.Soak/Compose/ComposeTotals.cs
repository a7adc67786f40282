using System.Collections.Concurrent;
using System.Globalization;
using ClamProxy.Soak.Hostile.Clients;

namespace ClamProxy.Soak.Compose;

/// <summary>What the clients have on their disks, by client and way.</summary>
internal sealed class ComposeTotals
{
    private const int MostExamples = 30;

    private readonly ConcurrentDictionary<(string Client, string Way), Counts> _counts = [];
    private readonly ConcurrentQueue<string> _examples = [];

    /// <summary>Files that a client calls complete and that no scanner has seen whole.</summary>
    public int NotScanned => _counts.Values.Sum(counts => counts.Infected + counts.Spliced);

    public int Complete => _counts.Values.Sum(counts => counts.Complete);

    public int All => _counts.Values.Sum(counts => counts.Complete + counts.Failed);

    /// <param name="isKnown">Whether the file is a content that was served whole.</param>
    public void Add(string client, Way way, string url, Download download, bool isKnown)
    {
        var counts = _counts.GetOrAdd((client, way.Name), _ => new Counts());
        var isBad = download.IsComplete && (download.HasEicar || !isKnown);
        lock (counts)
        {
            counts.Complete += download.IsComplete ? 1 : 0;
            counts.Failed += download.IsComplete ? 0 : 1;
            counts.Infected += isBad && download.HasEicar ? 1 : 0;
            counts.Spliced += isBad && !download.HasEicar ? 1 : 0;
        }

        if (isBad && _examples.Count < MostExamples)
        {
            _examples.Enqueue(
                $"  NOT SCANNED{(download.HasEicar ? ", with EICAR" : "")}: {client} over {way.Name}, {url}, {download.Length} bytes");
        }
    }

    /// <summary>
    /// A row for each client and each way; what was not scanned is infected, or put together of parts of several clean contents.
    /// </summary>
    public string Write()
    {
        var rows = By(pair => pair.Client).Concat(By(pair => pair.Way));
        return $"""
            {"",-24}{"complete",10}{"failed",10}{"infected",10}{"spliced",10}
            {string.Join('\n', rows)}
            {string.Concat(_examples.Select(example => example + "\n"))}
            """;
    }

    private IEnumerable<string> By(Func<(string Client, string Way), string> key) =>
        _counts.GroupBy(pair => key(pair.Key)).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => string.Create(
            CultureInfo.InvariantCulture,
            $"{group.Key,-24}{group.Sum(pair => pair.Value.Complete),10}{group.Sum(pair => pair.Value.Failed),10}"
                + $"{group.Sum(pair => pair.Value.Infected),10}{group.Sum(pair => pair.Value.Spliced),10}"));

    private sealed class Counts
    {
        public int Complete { get; set; }

        public int Failed { get; set; }

        public int Infected { get; set; }

        public int Spliced { get; set; }
    }
}
