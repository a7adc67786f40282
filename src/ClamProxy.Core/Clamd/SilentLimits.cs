namespace ClamProxy.Core.Clamd;

/// <summary>What to do with a scanner that answers OK to content over its own limits (clamd's <c>AlertExceedsMax no</c>, its
/// default).</summary>
public enum SilentLimits
{
    /// <summary>It gets no work: its OK does not mean that it looked.</summary>
    Refuse = 0,

    /// <summary>
    /// It gets work, with a warning in the log. Its OK counts up to the largest size at whose end it was shown to find EICAR: a larger
    /// content, or a zip with more in it, is unscannable. Other archives that unpack to more than its limits pass unscanned.
    /// </summary>
    Accept,
}
