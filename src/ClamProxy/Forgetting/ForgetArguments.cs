using System.CommandLine;
using ClamProxy.Admin;
using ClamProxy.Commands;
using ClamProxy.Configuration;
using ClamProxy.Core.Verdicts;
using ClamProxy.Warming;

namespace ClamProxy.Forgetting;

/// <summary>What <c>clamproxy forget</c> or <c>clamproxy rescan</c> was told.</summary>
/// <param name="Management">The management port to ask.</param>
/// <param name="Path">The action.</param>
/// <param name="Name">The member of the JSON object that it is sent; null: an empty one.</param>
/// <param name="Value">That member's value: a text, or true.</param>
internal sealed record ForgetArguments(ProxyBase Management, string Path, string? Name, object? Value)
{
    public const string Forget = "forget";
    public const string Rescan = "rescan";

    /// <param name="args">With the command's own word first.</param>
    /// <returns>Null where there is nothing to do: it was wrong, and <paramref name="error"/> says how, or it was a question, which is
    /// answered.</returns>
    public static (ForgetArguments? Arguments, int ExitCode) Parse(string[] args, string usual, TextWriter output, TextWriter error)
    {
        var what = new Argument<string?>("URL|SHA256")
        {
            Description = "the upstream URL as log lines and problems have it, or a content's SHA-256",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "everything that is known and stored" };
        var management = new Option<string>("--management")
        {
            Description = "the management port to ask; credentials as name:password@ before the host",
            HelpName = "URL",
            DefaultValueFactory = _ => usual,
        };
        var commands = new RootCommand("A caching HTTP reverse proxy that scans every file.")
        {
            new Command(Forget, "Has a URL, a content or everything downloaded and scanned again.") { what, all, management },
            new Command(Rescan, "Has every content, or one, scanned again before it is delivered.") { what, management },
        };
        var parsed = commands.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Wrong(args[0], error, parsed.Errors[0].Message);
        }

        if (parsed.Action is not null)
        {
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        }

        if (ProxyBase.Parse(parsed.GetValue(management)!) is not { } proxy)
        {
            return Wrong(args[0], error, "--management takes an absolute http or https URL such as http://127.0.0.1:8081");
        }

        var path = args[0] == Rescan ? $"{AdminApi.Root}/rescan" : "/forget";
        return args[0] == Rescan && parsed.GetValue(what) is null ? (new(proxy, "/rescan", null, null), 0)
            : (parsed.GetValue(what), parsed.GetValue(all)) switch
            {
                (null, true) => (new(proxy, path, "all", true), 0),
                ({ } text, false) when Sha256Text.IsValid(text.ToLowerInvariant()) =>
                    (new(proxy, path, "sha256", text.ToLowerInvariant()), 0),
                ({ } text, false) when WebUrl.Parse(text, out _) is { } url => (new(proxy, path, "url", url.Text), 0),
                _ => Wrong(args[0], error, "takes either an absolute http or https URL, a SHA-256 of 64 hex digits, or --all"),
            };
    }

    private static (ForgetArguments?, int) Wrong(string command, TextWriter error, string problem)
    {
        error.WriteLine($"clamproxy {command}: {SettingText.OneLine(problem)} (clamproxy {command} --help says more)");
        return (null, CommandExit.Usage);
    }
}
