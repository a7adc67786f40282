using System.Net;
using System.Runtime.InteropServices;
using ClamProxy.Commands;
using ClamProxy.Configuration;

namespace ClamProxy.Warming;

/// <summary>
/// <c>clamproxy warm FILE</c>: has a running ClamProxy scan every file of a list ahead of the build that needs them (decision 0032).
/// </summary>
internal static class WarmCommand
{
    /// <summary>The word that begins its command line.</summary>
    public const string Name = "warm";

    /// <param name="args">What stands behind <c>warm</c>.</param>
    /// <returns>The exit code: see <see cref="CommandExit"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var (arguments, exitCode) = WarmArguments.Parse(args, UsualVia(), Console.Out, Console.Error);
        if (arguments is null)
        {
            return exitCode;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        return await new WarmRun(
            Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System).RunAsync(arguments, stop.Token);

        // The summary of what was done is still told. A second signal is left to the system.
        void End(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>The ClamProxy of this machine, as the same settings would start it.</summary>
    private static string UsualVia()
    {
        var listen = new SettingsReader(WebApplication.CreateSlimBuilder().Configuration).Read<ListenOptions>();
        var address = ListenOptions.Parse(listen.Address) is { } one && !one.Equals(IPAddress.Any) && !one.Equals(IPAddress.IPv6Any)
            ? one
            : IPAddress.Loopback;
        return $"http://{new IPEndPoint(address, listen.Port)}";
    }
}
