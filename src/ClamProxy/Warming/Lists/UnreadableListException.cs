using ClamProxy.Problems;

namespace ClamProxy.Warming.Lists;

/// <summary>A list that cannot be read as a whole: nothing of it is asked for. The message is one line, fit for a terminal.</summary>
internal sealed class UnreadableListException : Exception
{
    /// <param name="line">Counted from 1; null: it is not about one line.</param>
    /// <param name="problem">What is wrong, and what a right one looks like.</param>
    public UnreadableListException(string file, int? line, string problem)
        : base(SafeText.Cut(line is null ? $"{file}: {problem}" : $"{file}:{line}: {problem}", 600))
    {
    }
}
