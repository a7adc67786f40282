using System.Net;
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

        using var stop = new StopBySignal();
        return await new WarmRun(
            Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System).RunAsync(arguments, stop.Token);
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
