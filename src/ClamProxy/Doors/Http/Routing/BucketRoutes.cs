using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>Finds where the buckets are that routes have as their upstreams.</summary>
internal static class BucketRoutes
{
    /// <returns>One line for each whose place cannot be known.</returns>
    public static IReadOnlyList<string> Open(HttpDoorOptions options, S3Options store)
    {
        var problems = new List<string>();
        foreach (var (name, route) in options.Routes.Where(route => S3Upstream.IsBucket(route.Value.Upstream)))
        {
            try
            {
                route.Bucket = S3Upstream.Open(route.Upstream, store, TimeProvider.System);
            }
            catch (IOException e)
            {
                problems.Add($"ClamProxy:{nameof(HttpDoorOptions.Routes)}:{name}:{nameof(route.Upstream)}: {e.Message}");
            }
        }

        return problems;
    }
}
