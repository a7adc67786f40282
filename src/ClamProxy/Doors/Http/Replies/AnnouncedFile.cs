namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// The file that a request for its metadata announces: an index offers a wheel's metadata under the wheel's name and <c>.metadata</c> (PEP
/// 658).
/// </summary>
internal static class AnnouncedFile
{
    private const string Metadata = ".metadata";
    private const string WheelMetadata = ".whl" + Metadata;

    /// <returns>The file's raw path and query; null where the request is for something else.</returns>
    public static string? Of(string rawTarget)
    {
        var query = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? rawTarget.AsSpan() : rawTarget.AsSpan(0, query);
        return path.EndsWith(WheelMetadata, StringComparison.Ordinal)
            ? string.Concat(path[..^Metadata.Length], rawTarget.AsSpan(path.Length))
            : null;
    }
}
