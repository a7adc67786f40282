namespace ClamProxy.Soak.Documents;

/// <summary>How a client asks for a document.</summary>
internal sealed record DocumentAsk
{
    /// <summary>What the client decodes, as in Accept-Encoding; null: nothing.</summary>
    public string? Codings { get; init; }

    public string Language { get; init; } = "en";

    public (int From, int To)? Range { get; init; }

    /// <summary>The tag of the copy of which it has a part.</summary>
    public string? IfRange { get; init; }

    /// <summary>The tag of the copy that it has.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Its Cache-Control.</summary>
    public string? Directive { get; init; }

    public bool IsHead { get; init; }

    /// <summary>Whether the client was never given anything, so that it may have any part.</summary>
    public bool IsStranger { get; init; }

    /// <summary>Whether an answer is as good as the best one only where something is stored.</summary>
    public bool IsOnlyIfCached => Directive == "only-if-cached";

    public bool Takes(string coding) =>
        coding == DocumentText.Identity || Codings?.Contains(coding, StringComparison.Ordinal) == true;
}
