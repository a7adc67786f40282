namespace ClamProxy.Core.Clamd;

/// <summary>Where one content stands in one client's line, so that it leaves without a search.</summary>
/// <param name="Line">The line.</param>
/// <param name="Node">Its place among all of them.</param>
/// <param name="SmallNode">Its place among the small ones; null where it is large.</param>
internal sealed record ScanPlace(ClientScans Line, LinkedListNode<ScanWaiter> Node, LinkedListNode<ScanWaiter>? SmallNode);
