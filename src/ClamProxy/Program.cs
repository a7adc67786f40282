using ClamProxy.Admin.Commands;
using ClamProxy.Clients;
using ClamProxy.Commands;
using ClamProxy.Forgetting;
using ClamProxy.Recalling;
using ClamProxy.Scans;
using ClamProxy.Starting;
using ClamProxy.Warming;

var (command, rest, problem) = CommandLine.Parse(args);
return command switch
{
    CommandName.Serve => await ServeCommand.RunAsync(rest, Console.Error),
    CommandName.Clients => await StartFailure.GuardAsync(() => ClientsCommand.RunAsync(rest, Console.Out, Console.Error), Console.Error),
    CommandName.Warm => await StartFailure.GuardAsync(() => WarmCommand.RunAsync(rest), Console.Error),
    CommandName.Scan => await StartFailure.GuardAsync(() => ScanCommand.RunAsync(rest), Console.Error),
    CommandName.Bucket => await StartFailure.GuardAsync(() => BucketCommand.RunAsync(rest), Console.Error),
    CommandName.Forget or CommandName.Rescan => await ForgetCommand.RunAsync(args, Console.Out, Console.Error),
    CommandName.Recall => await RecallCommand.RunAsync(rest, Console.Out, Console.Error),
    CommandName.Admin => await StartFailure.GuardAsync(() => AdminCommand.RunAsync(args, Console.Out, Console.Error), Console.Error),
    CommandName.Help => HelpCommand.Help(Console.Out),
    CommandName.Version => HelpCommand.Version(Console.Out),
    CommandName.None => HelpCommand.Wrong(problem!, Console.Error),
};
