using System.Globalization;
using System.Text;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>The matrix as people read it.</summary>
internal sealed class MatrixTable(MatrixRun run)
{
    /// <summary>Connections that pools keep open may differ by this many; a leak of one a cell is more.</summary>
    private const int DescriptorSlack = 60;

    private IEnumerable<Answer> Answers => run.Results.SelectMany(result => result.Answers).Select(pair => pair.Answer);

    public int FailedCells => run.Results
        .SelectMany(
            result =>
                result.Problems.SelectMany(
                    problem =>
                        problem.Mode is { } mode ? [mode] : Enum.GetValues<Mode>()).Select(mode => (result.Component, result.Kind, mode)))
        .Distinct().Count();

    public bool IsGood => FailedCells == 0 && Leaks == 0;

    private int Leaks => run.Results.Sum(result => result.Leaks) + Math.Max(0, run.DescriptorsLeft - DescriptorSlack);

    public string Write()
    {
        var text = new StringBuilder();
        text.AppendLine(Row("", [.. Enum.GetNames<Mode>(), "longest", "well after"]));
        foreach (var component in Enum.GetValues<Component>())
        {
            foreach (var kind in Enum.GetValues<FaultKind>())
            {
                if (WriteRow(component, kind) is { } row)
                {
                    text.AppendLine(row);
                }
            }
        }

        text.AppendLine(
            "R right bytes or refusal, E error that says so, A transfer broken off (so ends each trickle of an infected file), ! failed, "
                + "- not run:");
        foreach (var reason in run.NotRun.Distinct().GroupBy(cell => (cell.Component, cell.Why)))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  - {reason.Key.Component} {string.Join(", ", reason.Select(cell => cell.Kind))}: {reason.Key.Why}");
        }

        return text.Append(Totals()).ToString();
    }

    private string? WriteRow(Component component, FaultKind kind)
    {
        RoundResult[] results = [.. run.Results.Where(result => result.Component == component && result.Kind == kind)];
        if (results.Length > 0)
        {
            return Row(
                $"{component} {kind}",
                [
                    .. Enum.GetValues<Mode>().Select(mode => Cell(results, mode)),
                    Seconds(results.SelectMany(result => result.Answers).Max(pair => pair.Answer.Took)),
                    Seconds(results.Max(result => result.Recovery)),
                ]);
        }

        return run.NotRun.Any(cell => cell.Component == component && cell.Kind == kind)
            ? Row($"{component} {kind}", [.. Enum.GetValues<Mode>().Select(_ => "-"), "", ""])
            : null;
    }

    private static string Cell(RoundResult[] results, Mode mode)
    {
        var kinds = results.SelectMany(result => result.Answers).Where(
            pair => pair.Mode == mode).Select(pair => pair.Answer.Kind).Distinct().Order();
        var hasFailed = results.SelectMany(result => result.Problems).Any(problem => (problem.Mode ?? mode) == mode);
        return string.Concat(kinds.Select(kind => kind switch
        {
            AnswerKind.Right => "R",
            AnswerKind.Error => "E",
            AnswerKind.Aborted => "A",
            AnswerKind.Late or AnswerKind.Dishonest or AnswerKind.Stale or AnswerKind.Wrong or AnswerKind.Unscanned => "",
        })) + (hasFailed ? "!" : "");
    }

    private string Totals()
    {
        Answer[] all = [.. Answers];
        var cells = run.Results.Select(result => (result.Component, result.Kind)).Distinct().Count() * Enum.GetValues<Mode>().Length;
        var none = run.NotRun.Select(cell => (cell.Component, cell.Kind)).Distinct().Count() * Enum.GetValues<Mode>().Length;
        int Count(AnswerKind kind) => all.Count(answer => answer.Kind == kind);
        return string.Create(CultureInfo.InvariantCulture, $"""
            cells: {cells} run in {run.Results.Count} rounds, {FailedCells} failed, {none} not run
            answers: {all.Length}; right {Count(AnswerKind.Right)}, errors {Count(AnswerKind.Error)}, broken off {Count(AnswerKind.Aborted)}, dishonest {Count(AnswerKind.Dishonest)}, late {Count(AnswerKind.Late)}
            unscanned bytes {all.Where(answer => answer.Kind == AnswerKind.Unscanned).Sum(answer => answer.Bytes)}, wrong bytes {all.Where(answer => answer.Kind == AnswerKind.Wrong).Sum(answer => answer.Bytes)}, untrue records or later answers {run.Results.Sum(result => result.Untrue)}, leaks {Leaks} (descriptors {run.DescriptorsLeft:+0;-0;0})
            longest answer {Seconds(all.Max(answer => answer.Took))} s, longest recovery {Seconds(run.Results.Max(result => result.Recovery))} s

            """);
    }

    private static string Row(string head, string[] cells) => $"{head,-32}{string.Concat(cells.Select(cell => $"{cell,-13}"))}".TrimEnd();

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
}
