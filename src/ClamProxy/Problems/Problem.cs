namespace ClamProxy.Problems;

/// <summary>An answer that is not the file: problem details as RFC 9457 has them.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Kind">The last part of the problem's type.</param>
/// <param name="Title">What it is, short: also the reason phrase, which is all that pip and apt show.</param>
/// <param name="Detail">What was wrong and, where the client can mend it, what a right request looks like.</param>
internal sealed record Problem(int Status, string Kind, string Title, string Detail)
{
    public const string TypePrefix = "urn:clamproxy:problem:";

    /// <summary>Further members of the JSON object, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Members { get; init; } = [];

    /// <summary>
    /// The detail, fit for a terminal: npm prints <c>error</c> of a body, others <c>message</c>, escape sequences and all.
    /// </summary>
    public string Message => SafeText.Cut(Detail, 500);

    /// <summary>
    /// The W3C trace id of the request, 32 hex digits, by which an operator finds it in traces and logs; null: not traced.
    /// </summary>
    public string? TraceId { get; init; }

    /// <summary>By what the request is found in the log; null: it has no id.</summary>
    public string? RequestId { get; init; }

    /// <summary>When to come back, where that helps.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
