namespace ClamProxy.Core.Clamd;

/// <summary>What a connection delivered until it ended.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="IsOrderly">It ended with a close, not with a reset.</param>
internal readonly record struct RawReply(byte[] Bytes, bool IsOrderly);
