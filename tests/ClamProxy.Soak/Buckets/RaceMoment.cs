namespace ClamProxy.Soak.Buckets;

/// <summary>One request of a flow, and when it is held.</summary>
/// <param name="Request">Its number in the flow, from 0.</param>
/// <param name="Name">What it asks for, and of which bucket.</param>
/// <param name="IsBefore">Before it reaches the store; else when the store has answered.</param>
/// <param name="IsLastLook">Whether the next request deletes the object.</param>
internal sealed record RaceMoment(int Request, string Name, bool IsBefore, bool IsLastLook)
{
    /// <summary>Between the last look at the object and its deletion.</summary>
    public bool IsAtDeletion => IsBefore ? Name.StartsWith("DeleteObject", StringComparison.Ordinal) : IsLastLook;
}
