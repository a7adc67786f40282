using ClamProxy;
using ClamProxy.Clients;
using ClamProxy.Configuration;
using ClamProxy.Warming;

return await StartFailure.GuardAsync(
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

        var (application, problems) = ProxyApplication.Build(args);
        if (application is null)
        {
            return StartFailure.Report(problems, Console.Error);
        }

        await ThreadReserve.BeginAsync(TimeProvider.System);
        await application.RunAsync();
        return 0;
    },
    Console.Error);
