using ClamProxy.Admin.Events;
using ClamProxy.Admin.Rules;
using ClamProxy.Admin.Scanners;
using ClamProxy.Admin.Settings;
using ClamProxy.Admin.Verdicts;
using ClamProxy.Management;

namespace ClamProxy.Admin;

internal static class AdminRegistration
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services
        .AddSingleton<VerdictOperations>()
        .AddSingleton<RuleOperations>()
        .AddSingleton<ScannerOperations>()
        .AddSingleton<EventOperations>()
        .AddSingleton<SettingOperations>()
        .AddSingleton<StatusOperation>()
        .AddSingleton(Operations)
        .AddSingleton<AdminDocument>()
        .AddSingleton<AdminApi>();

    /// <summary>Answers below <c>/admin/v1</c> on the management listener. Call it before the rest of that listener.</summary>
    public static WebApplication MapAdmin(this WebApplication application)
    {
        var api = application.Services.GetRequiredService<AdminApi>();
        application.MapWhen(
            context => ManagementConnection.Carries(context) && AdminApi.IsFor(context), admin => admin.Run(api.AnswerAsync));
        return application;
    }

    private static AdminOperation[] Operations(IServiceProvider services) =>
    [
        services.GetRequiredService<StatusOperation>().Operation,
        .. services.GetRequiredService<VerdictOperations>().All(),
        .. services.GetRequiredService<RuleOperations>().All(),
        .. services.GetRequiredService<ScannerOperations>().All(),
        .. services.GetRequiredService<EventOperations>().All(),
        .. services.GetRequiredService<SettingOperations>().All(),
    ];
}
