namespace ClamProxy.Admin.Verdicts;

/// <summary>What is known of a URL or a content.</summary>
/// <param name="Url">The URL that was asked about, without its query; null: a content was.</param>
/// <param name="Verdicts">One for each content; a URL may have two: as an immutable file, and as an answer that may change.</param>
internal sealed record VerdictListAnswer(string? Url, IReadOnlyList<VerdictAnswer> Verdicts);
