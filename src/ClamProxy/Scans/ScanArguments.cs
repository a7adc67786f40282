using System.CommandLine;
using ClamProxy.Commands;
using ClamProxy.Configuration;
using ClamProxy.Warming;

namespace ClamProxy.Scans;

/// <summary>What <c>clamproxy scan</c> was told.</summary>
/// <param name="Targets">Files, folders, URLs, or - for standard input.</param>
/// <param name="Server">The API of a running ClamProxy to ask; null: this process scans.</param>
/// <param name="Timeout">The longest time for one content, its scan included.</param>
internal sealed record ScanArguments(
    IReadOnlyList<string> Targets, ProxyBase? Server, bool IsJson, int Concurrency, TimeSpan Timeout)
{
    // As long as ClamProxy itself lets one scan take.
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(10);

    /// <returns>Null where there is nothing to do: it was wrong, and <paramref name="error"/> says how, or it was a question, which is
    /// answered.</returns>
    public static (ScanArguments? Arguments, int ExitCode) Parse(string[] args, TextWriter output, TextWriter error)
    {
        var targets = new Argument<string[]>("FILE|FOLDER|URL|-")
        {
            Description = "what to scan; - is standard input, a folder is scanned with all that is below it",
            Arity = ArgumentArity.OneOrMore,
        };
        var server = new Option<string?>("--server")
        {
            Description = "ask the API of a running ClamProxy, such as http://127.0.0.1:8000, in place of the scanners that CLAMD_HOSTS "
                + "names; credentials as name:password@ before the host",
            HelpName = "URL",
        };
        var json = new Option<bool>("--json") { Description = "a JSON object in a line for each, as soon as it is known" };
        var pace = new PaceOptions("content", UsualTimeout);
        var command = new Command(
            ScanCommand.Name,
            "Has files, folders, URLs or standard input scanned. Exit code 0: all clean, 1: at least one refused, 2: of at least one there "
                + "is no verdict.") { targets, server, json, pace.Concurrency, pace.Timeout };
        var parsed = new RootCommand("A caching HTTP reverse proxy that scans every file.") { command }.Parse([ScanCommand.Name, .. args]);
        if (parsed.Errors.Count > 0)
        {
            return Wrong(
                error,
                parsed.GetResult(targets) is { Tokens.Count: > 0 } ? parsed.Errors[0].Message : "name a FILE, a FOLDER, a URL or -");
        }

        if (parsed.Action is not null)
        {
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        }

        var named = parsed.GetValue(targets)!;
        var via = parsed.GetValue(server);
        if (via is not null && ProxyBase.Parse(via) is null)
        {
            return Wrong(error, "--server takes an absolute http or https URL such as http://127.0.0.1:8000");
        }

        if (named.FirstOrDefault(one => one.StartsWith('-') && one != "-") is { } option)
        {
            return Wrong(error, $"no such option: {option} (a file of that name is ./{option})");
        }

        if (named.Count(one => one == "-") > 1)
        {
            return Wrong(error, "standard input (-) can be read once");
        }

        var (atOnce, longest) = pace.Read(parsed, out var problem);
        return problem is null
            ? (new(named, via is null ? null : ProxyBase.Parse(via), parsed.GetValue(json), atOnce, longest), CommandExit.Clean)
            : Wrong(error, problem);
    }

    private static (ScanArguments?, int) Wrong(TextWriter error, string problem)
    {
        error.WriteLine($"clamproxy scan: {SettingText.OneLine(problem)} (clamproxy scan --help says more)");
        return (null, CommandExit.Usage);
    }
}
