using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>What is known of a content.</summary>
/// <param name="Verdict">Its last verdict.</param>
/// <param name="IsCurrent">Whether that still counts: no scanner has newer signatures, and its life is not over.</param>
public sealed record KnownContent(ContentRecord Verdict, bool IsCurrent);
