using ClamProxy;
using ClamProxy.Configuration;

var (application, problems) = ProxyApplication.Build(args);
if (application is null)
{
    return SettingsFailure.Report(problems, Console.Error);
}

await application.RunAsync();
return 0;
