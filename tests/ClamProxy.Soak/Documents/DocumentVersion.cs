namespace ClamProxy.Soak.Documents;

/// <summary>What a document is for a while.</summary>
/// <param name="Number">Each one's is one more than the last one's.</param>
/// <param name="Since">The time stamp from which on it is the current one.</param>
internal sealed record DocumentVersion(int Number, DocumentState State, long Since)
{
    /// <summary>Whether the origin fails, so that an older version may stand in, which stays where it is stored.</summary>
    public bool IsFailure =>
        State is DocumentState.Unavailable or DocumentState.Busy or DocumentState.InfectedError or DocumentState.Truncated;
}
