namespace ClamProxy.Tracking;

internal static class TrackingRegistration
{
    public static IServiceCollection AddTracking(this IServiceCollection services) => services.AddSingleton<RequestTracker>();

    /// <summary>Follows all requests that come this way. To come before everything that answers them.</summary>
    /// <param name="door">The name of their door, as DOORS has it.</param>
    public static IApplicationBuilder UseTracking(this IApplicationBuilder application, string door)
    {
        var tracker = application.ApplicationServices.GetRequiredService<RequestTracker>();
        return application.Use(next => context => tracker.RunAsync(context, door, next));
    }
}
