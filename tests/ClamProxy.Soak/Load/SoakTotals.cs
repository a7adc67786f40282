using System.Collections.Concurrent;
using System.Globalization;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>What a soak counts while it runs.</summary>
internal sealed class SoakTotals
{
    private const int MostExamples = 20;

    private readonly ConcurrentDictionary<(string What, AnswerKind Kind), long> _answers = [];
    private readonly ConcurrentQueue<string> _examples = [];
    private long _bytes;
    private long _unscanned;
    private long _wrong;
    private long _notAllowed;

    /// <summary>Answers that the matrix does not allow.</summary>
    public long NotAllowed => Interlocked.Read(ref _notAllowed);

    public long Count(AnswerKind kind) => _answers.Where(pair => pair.Key.Kind == kind).Sum(pair => pair.Value);

    /// <param name="what">What kind of request it was.</param>
    /// <param name="calm">That nothing failed while it was under way, so that it had to be right, and since when; null: something
    /// did.</param>
    public void Add(string what, Answer answer, string? calm)
    {
        _answers.AddOrUpdate((what, answer.Kind), 1, (_, count) => count + 1);
        Interlocked.Add(ref _bytes, answer.Bytes);
        Interlocked.Add(ref _unscanned, answer.Kind == AnswerKind.Unscanned ? answer.Bytes : 0);
        Interlocked.Add(ref _wrong, answer.Kind == AnswerKind.Wrong ? answer.Bytes : 0);
        if (!answer.IsAllowed || (calm is not null && answer.Kind != AnswerKind.Right && !answer.IsBrokenOffForGood))
        {
            Interlocked.Increment(ref _notAllowed);
            if (_examples.Count < MostExamples)
            {
                _examples.Enqueue(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what}{(calm is null ? "" : $", {calm}")}: {answer}"));
            }
        }
    }

    public string Write()
    {
        var lines = _answers.GroupBy(pair => pair.Key.What).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
            $"  {group.Key,-17}"
                + string.Join(", ", group.OrderBy(pair => pair.Key.Kind).Select(pair => Counted(pair.Key.Kind, pair.Value))));
        return string.Create(CultureInfo.InvariantCulture, $"""
            requests: {_answers.Values.Sum()}
            {string.Join('\n', lines)}
            bytes received {Interlocked.Read(ref _bytes)}, unscanned bytes {Interlocked.Read(ref _unscanned)}, wrong bytes {Interlocked.Read(ref _wrong)}
            answers the matrix does not allow: {NotAllowed}
            {string.Concat(_examples.Select(example => example + "\n"))}
            """);
    }

    private static string Counted(AnswerKind kind, long count) => string.Create(CultureInfo.InvariantCulture, $"{kind} {count}");
}
