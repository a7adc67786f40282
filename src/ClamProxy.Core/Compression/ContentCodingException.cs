namespace ClamProxy.Core.Compression;

/// <summary>A body is not what its Content-Encoding says: corrupt, cut short, or with bytes behind its end.</summary>
public sealed class ContentCodingException(string message, Exception? cause = null) : IOException(message, cause);
