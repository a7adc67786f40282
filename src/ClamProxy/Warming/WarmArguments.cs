using System.CommandLine;
using ClamProxy.Commands;
using ClamProxy.Configuration;

namespace ClamProxy.Warming;

/// <summary>What <c>clamproxy warm</c> was told.</summary>
/// <param name="Timeout">The longest time for one file, its scan included.</param>
internal sealed record WarmArguments(string File, ProxyBase Via, int Concurrency, TimeSpan Timeout)
{
    private const int MostConcurrency = 64;

    // Each is a download with a scan: more than a scanner's cores only wait for one another.
    private const int UsualConcurrency = 4;

    // As long as ClamProxy itself lets one scan take.
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(10);

    /// <returns>Null where there is nothing to do: it was wrong, and <paramref name="error"/> says how, or it was a question, which is
    /// answered.</returns>
    public static (WarmArguments? Arguments, int ExitCode) Parse(string[] args, string usualVia, TextWriter output, TextWriter error)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "requirements.txt, package-lock.json, packages.lock.json, or a list of URLs, one a line",
        };
        var via = new Option<string>("--via")
        {
            Description = "the ClamProxy to ask",
            HelpName = "URL",
            DefaultValueFactory = _ => usualVia,
        };
        var concurrency = new Option<string>("--concurrency")
        {
            Description = $"files at once, 1 to {MostConcurrency}",
            HelpName = "N",
            DefaultValueFactory = _ => $"{UsualConcurrency}",
        };
        var timeout = new Option<string>("--timeout")
        {
            Description = "the longest time for one file",
            HelpName = "TIME",
            DefaultValueFactory = _ => DurationText.Format(UsualTimeout),
        };
        var command = new Command(
            WarmCommand.Name,
            "Asks a running ClamProxy for every file of a list, so that all are scanned ahead of a "
                + "build.") { file, via, concurrency, timeout };
        var parsed = new RootCommand("A caching HTTP reverse proxy that scans every file.") { command }.Parse([WarmCommand.Name, .. args]);
        if (parsed.Errors.Count > 0)
        {
            return Wrong(
                error, parsed.GetResult(file) is { Tokens.Count: > 0 } ? parsed.Errors[0].Message : $"FILE is missing: {file.Description}");
        }

        if (parsed.Action is not null)
        {
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        }

        if (ProxyBase.Parse(parsed.GetValue(via)!) is not { } proxy)
        {
            return Wrong(error, "--via takes an absolute http or https URL such as http://127.0.0.1:8080");
        }

        if (!int.TryParse(parsed.GetValue(concurrency), out var atOnce) || atOnce is < 1 or > MostConcurrency)
        {
            return Wrong(error, $"--concurrency takes a whole number from 1 to {MostConcurrency}");
        }

        return DurationText.Parse(parsed.GetValue(timeout)!) is { } longest
            && longest >= TimeSpan.FromSeconds(1)
            && longest <= TimeSpan.FromDays(1)
            ? (new(parsed.GetValue(file)!, proxy, atOnce, longest), CommandExit.Clean)
            : Wrong(error, "--timeout takes a time from 1 second to 24 hours, such as 10m or 90s");
    }

    private static (WarmArguments?, int) Wrong(TextWriter error, string problem)
    {
        error.WriteLine($"clamproxy warm: {SettingText.OneLine(problem)} (clamproxy warm --help says more)");
        return (null, CommandExit.Usage);
    }
}
