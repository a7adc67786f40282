namespace ClamProxy.Soak.Jobs;

/// <summary>What came of one cell.</summary>
/// <param name="World">Queue and place of contents, by name.</param>
/// <param name="Killed">Null: of all cells together.</param>
internal sealed record JobRow(
    string World, string Step, JobPart? Killed, int Accepted, int Lost, int Doubles, int Left, IReadOnlyList<string> Problems)
{
    public bool IsGood => Lost + Doubles + Left + Problems.Count == 0;
}
