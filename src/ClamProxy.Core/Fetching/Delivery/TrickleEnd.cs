using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>How a trickle ended.</summary>
/// <param name="Answer">What the gate's answer would have been; the caller disposes of it.</param>
/// <param name="Failure">Null: the answer is the file, and it begins with what was sent. Else the client must see a broken
/// transfer.</param>
/// <param name="Sent">Offset behind the last byte that was sent.</param>
public sealed record TrickleEnd(GateResult Answer, Failure? Failure, long Sent);
