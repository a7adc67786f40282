namespace ClamProxy.Core.Clamd;

/// <summary>What became of the wish to take a scanner out, or to let it work again.</summary>
public enum DrainOutcome
{
    /// <summary>There is no such scanner.</summary>
    NotFound = 0,

    /// <summary>It is as wished.</summary>
    Done,

    /// <summary>No other scanner could work then: it goes on.</summary>
    IsLast,
}
