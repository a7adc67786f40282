using ClamProxy.Commands;
using ClamProxy.Starting;
using Spectre.Console;

namespace ClamProxy.Scans;

/// <summary><c>clamproxy scan FILE|FOLDER|URL|-</c>: tells whether contents are clean, with or without a running ClamProxy.</summary>
internal static class ScanCommand
{
    /// <summary>The word that begins its command line.</summary>
    public const string Name = "scan";

    /// <param name="args">What stands behind <c>scan</c>.</param>
    /// <returns>The exit code: see <see cref="CommandExit"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var (arguments, exitCode) = ScanArguments.Parse(args, Console.Out, Console.Error);
        if (arguments is null)
        {
            return exitCode;
        }

        using var stop = new StopBySignal();
        return await RunAsync(arguments, stop.Token);
    }

    internal static IScanReport Report(bool isJson) =>
        isJson ? new JsonReport(Console.Out)
        : Console.IsOutputRedirected ? new LineReport(Console.Out)
        : new TerminalReport(
            AnsiConsole.Console, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    private static async Task<int> RunAsync(ScanArguments arguments, CancellationToken interrupted)
    {
        if (arguments.Server is { } server)
        {
            await using var asked = new ServerScans(server, TimeProvider.System);
            return await ScanAsync(asked, arguments, interrupted);
        }

        var (host, problems) = ScanHost.Build();
        if (host is null)
        {
            return StartFailure.Report(problems, Console.Error);
        }

        await using var here = new LocalScans(host);
        await host.StartAsync(interrupted);
        return await ScanAsync(here, arguments, interrupted);
    }

    private static Task<int> ScanAsync(IContentScans scans, ScanArguments arguments, CancellationToken interrupted) =>
        new ScanRun(scans, Report(arguments.IsJson), Console.Error, TimeProvider.System).RunAsync(arguments, interrupted);
}
