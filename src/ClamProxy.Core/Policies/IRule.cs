namespace ClamProxy.Core.Policies;

/// <summary>What exceptions and blocks have in common: each is about one thing.</summary>
internal interface IRule
{
    /// <summary>
    /// The kind of what it is about, and its name: <c>sha256:…</c>, <c>signature:…</c>, <c>target:…</c>, <c>package:…</c>.
    /// </summary>
    string Subject { get; }

    /// <summary>From here on it does nothing; null: it has no end.</summary>
    DateTimeOffset? End { get; }

    /// <summary>What is wrong with it, or null.</summary>
    string? Problem();
}
