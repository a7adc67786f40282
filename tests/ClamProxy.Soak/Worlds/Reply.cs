namespace ClamProxy.Soak.Worlds;

/// <summary>What came back of one request.</summary>
/// <param name="Status">0: no head came.</param>
/// <param name="Fields">The fields of the head.</param>
/// <param name="Body">What came of the body.</param>
/// <param name="IsWhole">Whether the body ended as its head announced.</param>
/// <param name="IsLate">Whether the deadline came first.</param>
/// <param name="Took">From the request to the end.</param>
/// <param name="Detail">The reason phrase, or why it broke off.</param>
internal sealed record Reply(
    int Status, IReadOnlyDictionary<string, string> Fields, byte[] Body, bool IsWhole, bool IsLate, TimeSpan Took, string Detail)
{
    public string? Field(string name) => Fields.GetValueOrDefault(name);

    /// <summary>The field Scan-Verdict.</summary>
    public string? Verdict => Field("Scan-Verdict");

    /// <summary>Whether a part is refused because the client may hold bytes that it does not continue.</summary>
    public bool IsOtherPart => Status == 409 && Detail.StartsWith("Changed since it was begun", StringComparison.Ordinal);

    /// <summary>What was asked for, and how it was judged.</summary>
    public Answer Judged(string path, AnswerKind kind, bool isInfected) => new(path, isInfected, kind, Status, Body.Length, Took, Detail);
}
