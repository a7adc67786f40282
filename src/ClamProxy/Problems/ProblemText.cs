using System.Text;

namespace ClamProxy.Problems;

/// <summary>A problem as a few lines for a terminal.</summary>
internal static class ProblemText
{
    private const int LongestValue = 500;

    public static byte[] Render(Problem problem)
    {
        var text = new StringBuilder()
            .Append(problem.Status).Append(' ').Append(SafeText.Cut(problem.Title, LongestValue)).Append('\n')
            .Append(problem.Message).Append('\n');
        foreach (var (name, value) in problem.Members)
        {
            text.Append(name).Append(": ").Append(SafeText.Cut(value, LongestValue)).Append('\n');
        }

        if (problem.RequestId is { } request)
        {
            text.Append("requestId: ").Append(request).Append('\n');
        }

        if (problem.TraceId is { } trace)
        {
            text.Append("traceId: ").Append(trace).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
