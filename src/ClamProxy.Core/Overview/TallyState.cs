namespace ClamProxy.Core.Overview;

/// <summary>What <see cref="RequestTally"/> had counted at one moment, or between two.</summary>
/// <param name="Requests">Requests, jobs and objects that were answered.</param>
/// <param name="Bytes">Bytes that were sent.</param>
/// <param name="Refused">Those of them that were refused: not clean.</param>
/// <param name="Failed">Those that failed without a verdict.</param>
/// <param name="Stored">Those that were answered from the store.</param>
/// <param name="Contents">Those that were about a content with a verdict.</param>
/// <param name="Times">How many took how long, by place.</param>
public sealed record TallyState(
    long Requests, long Bytes, long Refused, long Failed, long Stored, long Contents, IReadOnlyList<long> Times)
{
    /// <summary>What came after an earlier state.</summary>
    public TallyState Since(TallyState earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new(
            Requests - earlier.Requests,
            Bytes - earlier.Bytes,
            Refused - earlier.Refused,
            Failed - earlier.Failed,
            Stored - earlier.Stored,
            Contents - earlier.Contents,
            [.. Times.Zip(earlier.Times, (now, then) => now - then)]);
    }

    /// <summary>The time in milliseconds that a part of the requests stayed within, such as 0.95 of them; 0: there were none.</summary>
    public double Within(double part)
    {
        var (left, place) = (part * Times.Sum(), 0);
        if (left <= 0)
        {
            return 0;
        }

        while (place < Times.Count - 1 && (left -= Times[place]) > 0)
        {
            place++;
        }

        return RequestTally.BoundOf(place);
    }
}
