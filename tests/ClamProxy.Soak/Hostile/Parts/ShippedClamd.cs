using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// A clamd with the limits and alerts of the shipped clamav/clamd.conf; only its sockets, folders and user are the test's own.
/// </summary>
internal static class ShippedClamd
{
    private static readonly string[] OwnKeys = ["Foreground", "LocalSocket", "FixStaleSocket", "TCPSocket", "User", "DatabaseDirectory"];

    public static Task<ClamdProcess> StartAsync() => ClamdProcess.StartAsync([.. Lines()]);

    /// <summary>The lines as they are shipped, less those that a test sets itself.</summary>
    public static IEnumerable<string> Lines() => File.ReadLines(Repository.File("clamav/clamd.conf"))
        .Where(line => line.Length > 0 && line[0] != '#' && !OwnKeys.Contains(line.Split(' ')[0]));
}
