using ClamProxy.Access;
using ClamProxy.Configuration;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Policies;
using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;

namespace ClamProxy.Reloading;

/// <summary>
/// What a reload changes. Each part swaps a snapshot that never changes itself: a request that has begun goes on with what it began with.
/// </summary>
internal sealed class ReloadTargets(
    RouteTable routes,
    RouteLinks links,
    CurrentPolicies policies,
    Waivers waivers,
    Blocks blocks,
    AccessControl access,
    LogLevels levels,
    IServiceProvider services)
{
    /// <summary>Brings checked settings into force.</summary>
    /// <param name="changed">The keys that have other values than before.</param>
    /// <exception cref="IOException">A certificate cannot be read any more: nothing has changed.</exception>
    public void Use(SettingsReader settings, IReadOnlyList<string> changed)
    {
        // First what may fail.
        if (changed.Any(ReloadableSettings.IsOfRoutes))
        {
            var door = settings.Get<HttpDoorOptions>();
            links.Add(door.Routes);
            routes.Use(door.Routes.Values);
        }

        var rules = settings.Get<PolicyOptions>();
        policies.Use(rules);
        waivers.Use(rules);
        blocks.Use(rules);
        access.UseCredentials(settings.Get<AccessOptions>());
        levels.Use(settings.Get<LoggingOptions>().Level);
        if (changed.Contains("ClamProxy:Clamd:Hosts", StringComparer.OrdinalIgnoreCase))
        {
            // Without scanners of its own, workers scan.
            services.GetService<ClamdPool>()?.UseHosts(settings.Get<ClamdOptions>().Hosts);
        }
    }
}
