namespace ClamProxy.Core.Uploads;

/// <summary>
/// A body says that it holds files, and not so that every receiver would find the same ones: what one of them takes out of it was perhaps
/// never scanned.
/// </summary>
internal sealed class UnreadableBodyException(string message) : IOException(message);
