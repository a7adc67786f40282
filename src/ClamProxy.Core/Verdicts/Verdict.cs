namespace ClamProxy.Core.Verdicts;

/// <summary>What is known of one content. Zero means not allowed: a verdict nobody gave is never clean.</summary>
public enum Verdict
{
    /// <summary>Nothing is known.</summary>
    None = 0,

    /// <summary>A scanner looked at all of it and found nothing.</summary>
    Clean,

    /// <summary>A scanner found a signature in it.</summary>
    Infected,

    /// <summary>No scanner could look at all of it.</summary>
    Unscannable,
}
