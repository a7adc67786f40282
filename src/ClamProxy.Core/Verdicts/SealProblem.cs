namespace ClamProxy.Core.Verdicts;

/// <summary>Why a record in Redis is not believed. Zero is the worst.</summary>
internal enum SealProblem
{
    /// <summary>Its signature is by none of our keys, or of another record.</summary>
    Wrong = 0,

    /// <summary>It has no signature.</summary>
    Missing,

    /// <summary>It is older than a verdict's life, although Redis still has it.</summary>
    Expired,
}
