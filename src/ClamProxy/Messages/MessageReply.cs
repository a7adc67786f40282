using System.Globalization;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.Problems;

namespace ClamProxy.Messages;

/// <summary>The answer that a client gets in place of a message that may not pass, as the proxy in front is to send it.</summary>
/// <param name="Status">403 for a verdict; else what the HTTP door answers for the same failure.</param>
/// <param name="ReasonPhrase">Visible ASCII.</param>
/// <param name="Fields">The header fields, the body's length among them.</param>
/// <param name="Body">The problem, in the form that the client's Accept prefers.</param>
internal sealed record MessageReply(
    int Status, string ReasonPhrase, IReadOnlyList<KeyValuePair<string, string>> Fields, byte[] Body)
{
    private const int LongestPhrase = 120;

    /// <param name="message">Which message it stands for.</param>
    /// <param name="decision">What became of that.</param>
    /// <param name="retryAfter">When to come back, where that helps.</param>
    /// <returns>Null: it passes, byte for byte.</returns>
    public static MessageReply? Of(LentMessage message, ScanDecision decision, TimeSpan retryAfter) => decision switch
    {
        ScanDecision.Clean or ScanDecision.Released => null,
        ScanDecision.Refused { Verdict: var verdict } => Of(
            message, RefusalProblem.Of(verdict, message.Name, StatusCodes.Status403Forbidden), FactsOf(verdict)),
        ScanDecision.Failed { Failure: var failure } => Of(message, FailureProblems.Of(failure, retryAfter), []),
        _ => throw new InvalidOperationException($"a decision of a kind nobody knows: {decision.GetType()}"),
    };

    /// <param name="facts">Fields besides those of every problem.</param>
    public static MessageReply Of(LentMessage message, Problem problem, IEnumerable<KeyValuePair<string, string>> facts)
    {
        var form = ProblemForms.Of(message.RequestFields
            .Where(field => field.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase)).Select(field => field.Value));
        var (type, body) = ProblemWriter.Render(problem, form);
        var fields = new List<KeyValuePair<string, string>>(facts)
        {
            new("Content-Type", type),
            new("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)),
            new("Cache-Control", "no-store"),
            new("Vary", "Accept"),
            new("X-Content-Type-Options", "nosniff"),
            new("Content-Security-Policy", ProblemWriter.PagePolicy),
        };
        if (problem.RetryAfter is { } wait)
        {
            fields.Add(new("Retry-After", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        }

        return new(problem.Status, SafeText.Cut(problem.Title, LongestPhrase), fields, body);
    }

    private static IEnumerable<KeyValuePair<string, string>> FactsOf(ContentRecord verdict)
    {
        yield return new("Scan-Verdict", verdict.Verdict.Name() ?? throw new InvalidOperationException("a refusal without a verdict"));
        if (verdict.Sha256.Length > 0)
        {
            yield return new("Repr-Digest", $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(verdict.Sha256))}:");
        }
    }
}
