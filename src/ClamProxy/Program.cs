using ClamProxy;
using ClamProxy.Clients;
using ClamProxy.Configuration;
using ClamProxy.Forgetting;
using ClamProxy.Warming;

return await SettingsFailure.GuardAsync(
    async () =>
    {
        if (args is ["clients", .. var settings])
        {
            return await ClientsCommand.RunAsync(settings, Console.Out, Console.Error);
        }

        if (args is [WarmCommand.Name, .. var rest])
        {
            return await WarmCommand.RunAsync(rest);
        }

        if (args is [ForgetArguments.Forget or ForgetArguments.Rescan, ..])
        {
            return await ForgetCommand.RunAsync(args, Console.Out, Console.Error);
        }

        var (application, problems) = ProxyApplication.Build(args);
        if (application is null)
        {
            return SettingsFailure.Report(problems, Console.Error);
        }

        await ThreadReserve.BeginAsync(TimeProvider.System);
        await application.RunAsync();
        return 0;
    },
    Console.Error);
