namespace ClamProxy.Core.Failures;

/// <summary>An expected failure, as a value: why, in words for the client, and what caused it for the log.</summary>
/// <param name="Reason">The concrete reason.</param>
/// <param name="Detail">One sentence for the client: no address that was resolved, no secret, no query string.</param>
/// <param name="Cause">The exception at the I/O edge, if there was one.</param>
public sealed record Failure(FailureReason Reason, string Detail, Exception? Cause = null)
{
    /// <summary>For the log: <see cref="Detail"/>, and the innermost cause's own words. One line, without a trace.</summary>
    public string DetailAndCause =>
        Cause?.GetBaseException().Message is { Length: > 0 } words && !Detail.Contains(words, StringComparison.Ordinal)
            ? $"{Detail.TrimEnd('.')} ({words.TrimEnd('.')})."
            : Detail;

    /// <summary>Whether there was no connection to send a request on, so that nothing in the request can be why.</summary>
    public bool IsWithoutConnection { get; init; }

    /// <summary>Whether a server failed to which the one that was asked had sent us on.</summary>
    public bool IsBehindRedirect { get; init; }
}
