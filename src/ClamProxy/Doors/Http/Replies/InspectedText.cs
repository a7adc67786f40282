namespace ClamProxy.Doors.Http.Replies;

/// <summary>What a text is once its links are rewritten.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Links">How many links are rewritten in it.</param>
internal sealed record InspectedText(long Length, string Sha256, long Links);
