using System.Net.Sockets;
using ClamProxy.Configuration;
using ClamProxy.Starting;

namespace ClamProxy.Commands;

/// <summary><c>clamproxy</c> without a command: the proxy itself, until it is told to stop.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter error)
    {
        WebApplication? application = null;
        try
        {
            // What fails later is no failure of the start: a supervisor starts the process again then.
            var exitCode = await StartFailure.GuardAsync(StartAsync, error);
            if (exitCode == 0)
            {
                await application!.WaitForShutdownAsync();
            }

            return exitCode;
        }
        finally
        {
            await (application?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        async Task<int> StartAsync()
        {
            (application, var problems) = ProxyApplication.Build(args);
            if (application is null)
            {
                return StartFailure.Report(problems, error);
            }

            await ThreadReserve.BeginAsync(TimeProvider.System);
            try
            {
                await application.StartAsync();
                GiveBackMemoryOfTheStart();
                return 0;
            }
            catch (SocketException) when (PortProblems(application) is { Count: > 0 } refused)
            {
                return StartFailure.Report(refused, error);
            }
        }
    }

    /// <summary>Measured: 10 MiB of an idle process. The collector alone comes when as much again has been used, hours later.</summary>
    private static void GiveBackMemoryOfTheStart() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static IReadOnlyList<string> PortProblems(WebApplication application) =>
        ListenProbe.Problems(
            application.Services.GetRequiredService<ListenOptions>(),
            application.Services.GetRequiredService<DoorOptions>(),
            application.Configuration);
}
