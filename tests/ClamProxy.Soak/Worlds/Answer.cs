namespace ClamProxy.Soak.Worlds;

/// <summary>What one client got.</summary>
/// <param name="Path">What it asked for.</param>
/// <param name="IsInfected">Whether that is infected, so that it had to be refused.</param>
/// <param name="Bytes">How many bytes of body.</param>
/// <param name="Detail">What a reader of a failure wants to know.</param>
internal sealed record Answer(string Path, bool IsInfected, AnswerKind Kind, int Status, long Bytes, TimeSpan Took, string Detail)
{
    public bool IsAllowed => Kind is AnswerKind.Right or AnswerKind.Error or AnswerKind.Aborted;

    /// <summary>A trickle of what turned out infected was broken off: that is its right answer, and the next one is a refusal.</summary>
    public bool IsBrokenOffForGood => Kind == AnswerKind.Aborted && IsInfected && Status is 200 or 206;

    public override string ToString() => $"{Path}: {Kind}, {Status} with {Bytes} bytes after {Took.TotalSeconds:F1} s {Detail}";
}
