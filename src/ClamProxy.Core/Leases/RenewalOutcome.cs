namespace ClamProxy.Core.Leases;

/// <summary>What came of one renewal. Zero is no answer.</summary>
internal enum RenewalOutcome
{
    /// <summary>Redis gave no answer: it may be either.</summary>
    Unknown = 0,

    /// <summary>It lasts its whole time again.</summary>
    Renewed,

    /// <summary>Another process has taken it since.</summary>
    Lost,
}
