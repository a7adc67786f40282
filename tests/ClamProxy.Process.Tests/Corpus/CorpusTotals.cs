using System.Collections.Concurrent;
using System.Globalization;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Process.Tests.Corpus;

/// <summary>How the requests for a corpus ended.</summary>
internal sealed class CorpusTotals
{
    private readonly ConcurrentBag<(string Name, bool Range, int Status)> _ends = [];

    public void Add(CorpusCase one, bool range, int status) => _ends.Add((one.Name, range, status));

    public void AssertAll(params int[] statuses)
    {
        var others = Except(statuses);
        Assert.True(others.Count == 0, string.Join('\n', others));
    }

    /// <summary>Those that ended otherwise.</summary>
    public IReadOnlyList<string> Except(params int[] statuses) =>
        [
            .. _ends.Where(end => !statuses.Contains(end.Status)).Select(
                end => $"{end.Status}{(end.Range ? " (range)" : "")}: {end.Name}").Order(StringComparer.Ordinal)];

    public override string ToString()
    {
        var statuses = _ends.GroupBy(end => end.Status).OrderBy(group => group.Key).Select(group => $"{group.Key} x {group.Count()}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_ends.Count(end => !end.Range)} cases, {_ends.Count} requests: {string.Join(", ", statuses)}");
    }
}
