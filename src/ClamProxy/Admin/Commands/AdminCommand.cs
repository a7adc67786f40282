using System.CommandLine;
using ClamProxy.Commands;
using ClamProxy.Configuration;
using ClamProxy.Management;
using ClamProxy.Warming;

namespace ClamProxy.Admin.Commands;

/// <summary>The commands that ask the admin API of a running ClamProxy, by the same words; and <c>config check</c>.</summary>
internal static class AdminCommand
{
    public const string Verdict = "verdict";
    public const string Purge = "purge";
    public const string Waivers = "waivers";
    public const string Blocks = "blocks";
    public const string Scanners = "scanners";
    public const string Events = "events";
    public const string Status = "status";
    public const string Config = "config";
    public const string Reload = "reload";

    /// <param name="args">With the command's own word first.</param>
    /// <returns>0: it is done; 1: the answer is no; 2: no answer, or it is not done; 64: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var json = new Option<bool>("--json") { Description = "the answer as JSON", Recursive = true };
        var management = new Option<string?>("--management")
        {
            Description = "the management port to ask; credentials as name:password@ before the host",
            HelpName = "URL",
            Recursive = true,
        };
        var root = new RootCommand("A caching HTTP reverse proxy that scans every file.") { json, management };
        AdminCommandLine[] lines =
        [
            .. VerdictCommands.AddTo(root), .. RuleCommands.AddTo(root), .. ScannerCommands.AddTo(root), .. EventCommands.AddTo(root),
            .. SettingCommands.AddTo(root),
        ];
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0 && parsed.Action is not null)
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        }

        if (parsed.Errors.Count > 0)
        {
            return Wrong(args[0], parsed.Errors[0].Message, error);
        }

        var line = Array.Find(lines, line => line.Command == parsed.CommandResult.Command)!;
        if (line.Local?.Invoke(parsed) is { } local)
        {
            return local(parsed.GetValue(json), output, error);
        }

        var (call, wrong) = line.Call(parsed);
        var port = ProxyBase.Parse(parsed.GetValue(management) ?? ManagementClient.UsualAddress());
        wrong ??= port is null ? "--management takes an absolute http or https URL such as http://127.0.0.1:8081" : null;
        return wrong is null ? await AskAsync(port!, call!, parsed.GetValue(json), output, error) : Wrong(args[0], wrong, error);
    }

    private static async Task<int> AskAsync(ProxyBase management, AdminCall call, bool isJson, TextWriter output, TextWriter error)
    {
        var answer = await ManagementClient.AskAsync(
            management, call.Method, AdminApi.Root + call.Path, call.Json, call.Limit, error);
        if (answer is null)
        {
            return CommandExit.Failed;
        }

        var exitCode = call.Print(answer, isJson ? TextWriter.Null : output);
        if (isJson)
        {
            await output.WriteLineAsync(answer);
        }

        return exitCode;
    }

    private static int Wrong(string command, string problem, TextWriter error)
    {
        error.WriteLine($"clamproxy {command}: {SettingText.OneLine(problem)} (clamproxy {command} --help says more)");
        return CommandExit.Usage;
    }
}
