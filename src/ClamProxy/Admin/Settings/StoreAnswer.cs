namespace ClamProxy.Admin.Settings;

/// <summary>The store.</summary>
/// <param name="Bytes">What it takes on the disk, as of the last count.</param>
/// <param name="MostBytes">The most that it may take.</param>
/// <param name="Files">Contents.</param>
/// <param name="Urls">URLs that lead to them.</param>
/// <param name="Problem">Why nothing can be kept; null: it can.</param>
internal sealed record StoreAnswer(long Bytes, long MostBytes, int Files, int Urls, string? Problem);
