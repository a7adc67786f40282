namespace ClamProxy.Rewriting;

/// <summary>A rewritten text in gzip.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Sha256">The SHA-256 of these bytes: 64 lower-case hexadecimal digits.</param>
/// <param name="Links">How many links were rewritten in it.</param>
internal sealed record EncodedText(ReadOnlyMemory<byte> Bytes, string Sha256, long Links);
