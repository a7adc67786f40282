using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Doors.Http.Routing;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Where a request's file comes from.</summary>
/// <param name="Target">The upstream URL.</param>
/// <param name="Origin">The upstream base that it was put together from.</param>
/// <param name="PathAndQuery">The raw path and query that were appended to it.</param>
/// <param name="CacheScan">Whether an earlier verdict may answer.</param>
internal sealed record RequestedSource(Target Target, string Origin, string PathAndQuery, bool CacheScan)
{
    /// <summary>Whether the client itself says that no earlier verdict may answer.</summary>
    public bool AsksFreshScan { get; init; }

    /// <summary>Whether what may change is kept and reused as HTTP says.</summary>
    public bool Revalidates { get; init; }

    /// <summary>The route of the request's path; null: it has none.</summary>
    public ProxyRouteOptions? Route { get; init; }

    /// <summary>The raw path and query behind the route's prefix.</summary>
    public required string Rest { get; init; }

    /// <summary>Whether the client names the source itself, by Download-From.</summary>
    public bool IsNamedByClient { get; init; }

    /// <summary>As whom the route's own source is asked.</summary>
    public UpstreamIdentity? Identity { get; init; }

    /// <summary>The route, where its own source is asked.</summary>
    public ProxyRouteOptions? OwnRoute => IsNamedByClient ? null : Route;
}
