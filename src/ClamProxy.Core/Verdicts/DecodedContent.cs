namespace ClamProxy.Core.Verdicts;

/// <summary>What a coded body decodes to: a content of its own.</summary>
/// <param name="Verdict">Its verdict, by the hash of the decoded bytes.</param>
/// <param name="Length">Decoded bytes in all.</param>
public sealed record DecodedContent(ContentRecord Verdict, long Length);
