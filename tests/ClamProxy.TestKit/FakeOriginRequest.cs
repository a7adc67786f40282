namespace ClamProxy.TestKit;

/// <summary>One request that a <see cref="FakeOrigin"/> got.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Target">Path and query, byte for byte.</param>
/// <param name="Protocol">Such as HTTP/1.1 or HTTP/2.</param>
/// <param name="Headers">By name in any case; several lines of one name are joined with commas.</param>
public sealed record FakeOriginRequest(string Method, string Target, string Protocol, IReadOnlyDictionary<string, string> Headers);
