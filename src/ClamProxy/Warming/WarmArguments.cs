using System.CommandLine;
using ClamProxy.Commands;
using ClamProxy.Configuration;

namespace ClamProxy.Warming;

/// <summary>What <c>clamproxy warm</c> was told.</summary>
/// <param name="Timeout">The longest time for one file, its scan included.</param>
internal sealed record WarmArguments(string File, ProxyBase Via, int Concurrency, TimeSpan Timeout)
{
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
        var pace = new PaceOptions("file", UsualTimeout);
        var command = new Command(
            WarmCommand.Name,
            "Asks a running ClamProxy for every file of a list, so that all are scanned ahead of a "
                + "build.") { file, via, pace.Concurrency, pace.Timeout };
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

        var (atOnce, longest) = pace.Read(parsed, out var problem);
        return problem is null
            ? (new(parsed.GetValue(file)!, proxy, atOnce, longest), CommandExit.Clean)
            : Wrong(error, problem);
    }

    private static (WarmArguments?, int) Wrong(TextWriter error, string problem)
    {
        error.WriteLine($"clamproxy warm: {SettingText.OneLine(problem)} (clamproxy warm --help says more)");
        return (null, CommandExit.Usage);
    }
}
