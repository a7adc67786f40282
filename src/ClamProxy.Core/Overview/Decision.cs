using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Overview;

/// <summary>
/// What became of one request, job or object: the line of the access log, and what was found. Names and URLs are untrusted text of
/// clients and upstreams, without queries and credentials.
/// </summary>
/// <param name="At">When it was over.</param>
/// <param name="Door">The door that it came by, as DOORS has it.</param>
/// <param name="RequestId">Its id; of a job: the job's.</param>
/// <param name="Url">What it was about.</param>
public sealed record Decision(DateTimeOffset At, string Door, string RequestId, string Url)
{
    /// <summary>Which one it is, counted from 1 since the process started.</summary>
    public long Number { get; init; }

    /// <summary>Who asked; null: nobody knows.</summary>
    public string? Client { get; init; }

    /// <summary>The name of the credential; null: there was none.</summary>
    public string? User { get; init; }

    public string Method { get; init; } = "";

    /// <summary>The status of the answer; 0: there was none.</summary>
    public int Status { get; init; }

    /// <summary>How it was answered, in one word; null: nothing is known of that.</summary>
    public string? Outcome { get; init; }

    public Verdict Verdict { get; init; }

    /// <summary>The signature that was found, or why it could not be scanned; null: neither.</summary>
    public string? Finding { get; init; }

    /// <summary>64 lower-case hexadecimal digits; null: there is no content, or nobody knows it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Bytes that were sent.</summary>
    public long Bytes { get; init; }

    public TimeSpan Total { get; init; }

    public TimeSpan Fetch { get; init; }

    public TimeSpan Scan { get; init; }

    /// <summary>
    /// Whether it is not clean, or failed by no fault of the client: kept longer than the others. What upstream does not have is ordinary.
    /// </summary>
    public bool IsNotable =>
        Verdict is Verdict.Infected or Verdict.Unscannable || Status >= 500 || (Status == 0 && Verdict == Verdict.None);
}
