using ClamProxy;
using ClamProxy.Configuration;

return await SettingsFailure.GuardAsync(
    async () =>
    {
        var (application, problems) = ProxyApplication.Build(args);
        if (application is null)
        {
            return SettingsFailure.Report(problems, Console.Error);
        }

        await application.RunAsync();
        return 0;
    },
    Console.Error);
