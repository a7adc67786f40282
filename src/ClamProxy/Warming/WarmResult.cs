using ClamProxy.Problems;

namespace ClamProxy.Warming;

/// <summary>What became of one file, in words that are fit for a terminal.</summary>
/// <param name="Verdict">A few words: what ClamProxy said of it.</param>
internal sealed record WarmResult(string Name, WarmOutcome Outcome, string Verdict)
{
    /// <summary>What it is called; from the list or from an index, so cut to safe characters.</summary>
    public string Name { get; } = SafeText.Cut(Name, 70);

    public string Verdict { get; } = SafeText.Cut(Verdict, 60);

    /// <summary>Why it is not clean, or not known to be; empty where the verdict says it all.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>The bytes that came; null: none did.</summary>
    public long? Size { get; init; }

    /// <summary>Whether ClamProxy knew the verdict before: hit or miss.</summary>
    public string Source { get; init; } = "-";

    public TimeSpan Time { get; init; }

    public static WarmResult Failed(string name, string verdict, string detail = "") =>
        new(name, WarmOutcome.Failed, verdict) { Detail = SafeText.Cut(detail, 400) };

    public static WarmResult Refused(string name, string verdict, string detail) =>
        new(name, WarmOutcome.Refused, verdict) { Detail = SafeText.Cut(detail, 400) };

    public static WarmResult Interrupted(string name) => new(name, WarmOutcome.None, "interrupted");
}
