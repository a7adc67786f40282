namespace ClamProxy.TestKit.Corpus;

/// <summary>One file as an upstream sends it.</summary>
/// <param name="Name">What it is; unique, made of words, commas and spaces.</param>
/// <param name="Body">The bytes that are sent.</param>
public sealed record CorpusCase(string Name, byte[] Body)
{
    /// <summary>The Content-Encoding that is sent with it; null for none.</summary>
    public string? Coding { get; init; }

    /// <summary>It is sent without a Content-Length.</summary>
    public bool IsChunked { get; init; }
}
