using ClamProxy.Core.Overview;
using ClamProxy.Dashboard.Live;
using ClamProxy.Dashboard.Pages;

namespace ClamProxy.Dashboard;

internal static class DashboardRegistration
{
    /// <summary>Adds the dashboard, and what it remembers; where it is off, nothing.</summary>
    /// <remarks>To come before the core, which remembers nothing by itself.</remarks>
    public static IServiceCollection AddDashboard(this IServiceCollection services, DashboardOptions options) => !options.IsOn
        ? services
        : services
            .AddOverview((int)options.History)
            .AddSingleton(options)
            .AddSingleton<Samples>()
            .AddHostedService(provider => provider.GetRequiredService<Samples>())
            .AddSingleton<RoomRegion>()
            .AddSingleton<ChartRegion>()
            .AddSingleton<ScannerRegion>()
            .AddSingleton<LiveRegions>()
            .AddSingleton(provider => new LiveFeed(
                provider.GetRequiredService<LiveRegions>().Render,
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LiveFeed>>(),
                provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping))
            .AddSingleton<NowPage>()
            .AddSingleton<VerdictsPage>()
            .AddSingleton<RequestPage>()
            .AddSingleton<ContentPage>()
            .AddSingleton<DetectionsPage>()
            .AddSingleton<WaiversPage>()
            .AddSingleton<ScannersPage>()
            .AddSingleton<DashboardPages>()
            .AddSingleton<DashboardAccess>()
            .AddSingleton<DashboardEndpoints>();

    /// <summary>Answers for the dashboard on the management listener, and leaves everything else there to what comes next.</summary>
    public static IApplicationBuilder UseDashboard(this IApplicationBuilder management)
    {
        if (management.ApplicationServices.GetService<DashboardEndpoints>() is { } endpoints)
        {
            management.Use(async (context, next) =>
            {
                if (!await endpoints.TryAnswerAsync(context))
                {
                    await next(context);
                }
            });
        }

        return management;
    }
}
