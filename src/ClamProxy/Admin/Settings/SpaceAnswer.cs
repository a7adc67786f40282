namespace ClamProxy.Admin.Settings;

/// <summary>Room on a disk.</summary>
/// <param name="Bytes">In use.</param>
/// <param name="MostBytes">The most that may be.</param>
/// <param name="Problem">Why no more can be had; null: it can.</param>
internal sealed record SpaceAnswer(long Bytes, long MostBytes, string? Problem);
