namespace ClamProxy.Core.Fetching;

/// <summary>
/// Takes the cookies of load balancers and bot filters (<see cref="GateOptions.NetworkCookies"/>) off the heads of immutable files: they
/// are about the connection between the proxy and that network, and no part of the file.
/// </summary>
public sealed class NetworkCookies(GateOptions options)
{
    /// <summary>The head as it is kept and passed on.</summary>
    public UpstreamHead Without(UpstreamHead head, GateRequest request) =>
        request.CacheScan && head.First("Set-Cookie") is not null ? head.WithoutCookies(Contain) : head;

    private bool Contain(string setCookie)
    {
        var name = setCookie.AsSpan(0, Math.Max(0, setCookie.IndexOf('=', StringComparison.Ordinal))).Trim();
        foreach (var pattern in options.NetworkCookies)
        {
            if (pattern.EndsWith('*')
                ? name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
                : name.SequenceEqual(pattern))
            {
                return true;
            }
        }

        return false;
    }
}
