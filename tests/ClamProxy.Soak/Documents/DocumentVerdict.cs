using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Documents;

/// <summary>What an answer about a document was worth.</summary>
/// <param name="Version">The version that it is, or tells of; null: none.</param>
/// <param name="Why">Why it is not right, for readers of a failure.</param>
internal sealed record DocumentVerdict(AnswerKind Kind, DocumentVersion? Version = null, string Why = "")
{
    /// <summary>Whether it refuses an infection, or breaks off what is one.</summary>
    public bool IsInfected { get; init; }

    /// <summary>Whether a part is refused because the client was given bytes of another version.</summary>
    public bool IsOtherPart { get; init; }
}
