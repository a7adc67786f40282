namespace ClamProxy.Core.Download;

/// <summary>
/// Which requests do not share a connection with others. An HTTP/2 server that dislikes one request's head (nginx: a field over 8 KiB, in
/// older versions over 4 KiB) may close the connection, and so break off the downloads of all who share it. HTTP/1.1 has a connection for
/// each request.
/// </summary>
internal static class UnsharedConnection
{
    /// <summary>Set: this request, and where it is redirected to, gets one.</summary>
    public static readonly HttpRequestOptionsKey<bool> Wanted = new("ClamProxy.UnsharedConnection");

    /// <summary>
    /// Characters of target and fields together. 2 KiB: half of what the strictest servers take for one field, and room for a credential.
    /// </summary>
    private const int MostShared = 2048;

    public static bool IsFor(HttpRequestMessage request, Target target) =>
        (request.Options.TryGetValue(Wanted, out var wanted) && wanted) || target.Text.Length + Length(request) > MostShared;

    private static int Length(HttpRequestMessage request)
    {
        var length = 0;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            foreach (var value in values)
            {
                length += name.Length + value.Length;
            }
        }

        return length;
    }
}
