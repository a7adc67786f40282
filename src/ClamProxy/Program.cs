using ClamProxy;
using ClamProxy.Clients;
using ClamProxy.Configuration;

return await SettingsFailure.GuardAsync(
    async () =>
    {
        if (args is ["clients", .. var settings]) return await ClientsCommand.RunAsync(settings, Console.Out, Console.Error);

        var (application, problems) = ProxyApplication.Build(args);
        if (application is null)
        {
            return SettingsFailure.Report(problems, Console.Error);
        }

        await application.RunAsync();
        return 0;
    },
    Console.Error);
