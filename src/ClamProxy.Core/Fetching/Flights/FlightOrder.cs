using ClamProxy.Core.Download;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>What one download is for.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Cache">What was known before.</param>
/// <param name="Share">The flight's place with its client and its upstream.</param>
/// <param name="Flight">What waits for it.</param>
internal sealed record FlightOrder(GateRequest Request, CacheOutcome Cache, FlightShare Share, Flight Flight)
{
    /// <summary>The fields that the URL's answers are known to vary by.</summary>
    public IReadOnlyList<string> Varies { get; init; } = [];

    /// <summary>What the URL led to when its content was found clean; null: nothing that counts is known of it.</summary>
    public UrlRecord? Expected { get; init; }

    /// <summary>This flight's part among the processes that share one Redis; null: it is alone.</summary>
    public FlightLead? Lead { get; init; }

    /// <summary>
    /// Whether there is a stored answer, whose place is taken only by what says something of the file.
    /// </summary>
    public bool HasOld { get; init; }

    /// <summary>When upstream was asked for the answer that is here.</summary>
    public DateTimeOffset AskedAt { get; init; }

    /// <summary>
    /// Whether there is another answer, so that upstream is not waited for as long, and one that says that it cannot answer has failed.
    /// </summary>
    public bool HasStandIn { get; init; }

    /// <summary>Fields that go upstream beside the request's: conditions of this proxy's own.</summary>
    public IEnumerable<KeyValuePair<string, string>> Conditions { get; init; } = [];
}
