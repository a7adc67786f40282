namespace ClamProxy.Rewriting;

internal static class RewritingRegistration
{
    public static IServiceCollection AddRewriting(this IServiceCollection services) =>
        services.AddSingleton<RewritingMetrics>().AddSingleton<ForeignLinkNotices>();
}
