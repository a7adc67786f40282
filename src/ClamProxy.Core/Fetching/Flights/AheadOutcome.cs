namespace ClamProxy.Core.Fetching.Flights;

/// <summary>What came of fetching a file before its turn.</summary>
public enum AheadOutcome
{
    /// <summary>There was nothing to do: it is here, its verdict is known, or its answer is not one that is kept.</summary>
    NotNeeded = 0,

    /// <summary>There was no room to spare.</summary>
    Left,

    /// <summary>What was fetched is not kept, or it failed: the request itself has to fetch it once more.</summary>
    Lost,

    /// <summary>The request itself finds the file, or its verdict.</summary>
    Done,
}
