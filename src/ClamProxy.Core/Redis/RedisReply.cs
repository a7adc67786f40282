namespace ClamProxy.Core.Redis;

/// <summary>What came of one call.</summary>
/// <param name="HasAnswered">False when it failed, was too slow or was not made.</param>
/// <param name="Bytes">The value that the command returned, or null.</param>
internal readonly record struct RedisReply(bool HasAnswered, byte[]? Bytes = null);
