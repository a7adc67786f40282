namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Scans a part of a content by itself.</summary>
/// <param name="length">In bytes.</param>
/// <param name="open">Opens it from its beginning, as often as it is called.</param>
/// <param name="cancellationToken">Ends the wait.</param>
/// <returns>What the scanner that called it clean was shown to look at; null if none did.</returns>
internal delegate Task<ArchiveLimits?> PartScan(long length, Func<Stream> open, CancellationToken cancellationToken);
