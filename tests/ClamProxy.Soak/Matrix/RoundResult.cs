using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>What one round of a fault brought: its answers by mode, and what it left behind.</summary>
/// <param name="Problems">All that should not be, in words.</param>
/// <param name="Leaks">How many of them are something left behind.</param>
/// <param name="Untrue">How many of them are a record that differs from the truth, or an answer after the fault that is not right.</param>
/// <param name="Recovery">How long after the fault's end everything was well again.</param>
internal sealed record RoundResult(
    Component Component,
    FaultKind Kind,
    IReadOnlyList<(Mode Mode, Answer Answer)> Answers,
    IReadOnlyList<(Mode? Mode, string Text)> Problems,
    int Leaks,
    int Untrue,
    TimeSpan Recovery);
