using ClamProxy.Admin.Commands;
using ClamProxy.Configuration;
using ClamProxy.Forgetting;
using ClamProxy.Recalling;
using ClamProxy.Scans;
using ClamProxy.Warming;

namespace ClamProxy.Commands;

/// <summary>
/// Reads the command line: the name of a command, and settings as options (<c>--PORT=9000</c>). What it does not know is refused: a
/// misspelt command must not start a server.
/// </summary>
/// <param name="Command">What to do.</param>
/// <param name="Rest">The arguments of that.</param>
/// <param name="Problem">What is wrong, in one line; null: nothing.</param>
internal sealed record CommandLine(CommandName Command, string[] Rest, string? Problem = null)
{
    private const int MostMistakes = 2;

    private static readonly Dictionary<string, CommandName> Commands = new(StringComparer.Ordinal)
    {
        ["clients"] = CommandName.Clients,
        [WarmCommand.Name] = CommandName.Warm,
        [ScanCommand.Name] = CommandName.Scan,
        [BucketCommand.Name] = CommandName.Bucket,
        [ForgetArguments.Forget] = CommandName.Forget,
        [ForgetArguments.Rescan] = CommandName.Rescan,
        [RecallCommand.Name] = CommandName.Recall,
        [AdminCommand.Verdict] = CommandName.Admin,
        [AdminCommand.Purge] = CommandName.Admin,
        [AdminCommand.Waivers] = CommandName.Admin,
        [AdminCommand.Blocks] = CommandName.Admin,
        [AdminCommand.Scanners] = CommandName.Admin,
        [AdminCommand.Events] = CommandName.Admin,
        [AdminCommand.Status] = CommandName.Admin,
        [AdminCommand.Config] = CommandName.Admin,
        [AdminCommand.Reload] = CommandName.Admin,
        ["help"] = CommandName.Help,
        ["--help"] = CommandName.Help,
        ["-h"] = CommandName.Help,
        ["version"] = CommandName.Version,
        ["--version"] = CommandName.Version,
    };

    public static CommandLine Parse(string[] args)
    {
        var isNamed = args.Length > 0 && Commands.TryGetValue(args[0], out _);
        var (command, rest) = isNamed ? (Commands[args[0]], args[1..]) : (CommandName.Serve, args);
        if (command is CommandName.Warm or CommandName.Scan or CommandName.Bucket or CommandName.Forget or CommandName.Rescan
            or CommandName.Recall or CommandName.Admin)
        {
            return new(command, rest);
        }

        // The question wins, wherever it stands.
        var question = rest.Where(one => one.StartsWith('-')).Select(one => Commands.GetValueOrDefault(one)).FirstOrDefault(
            one => one != CommandName.None);
        if (question != CommandName.None)
        {
            return new(question, []);
        }

        return Problems(rest).FirstOrDefault() is { } problem ? new(CommandName.None, [], problem) : new(command, rest);
    }

    private static IEnumerable<string> Problems(string[] args)
    {
        for (var at = 0; at < args.Length; at++)
        {
            var one = args[at];
            if (one.Contains('=', StringComparison.Ordinal) && !IsShort(one))
            {
                continue;
            }

            if (one.StartsWith('-') || one.StartsWith('/'))
            {
                var hasValue = !IsShort(one) && at + 1 < args.Length && !args[at + 1].StartsWith('-');
                if (!hasValue || Hint(one).Length > 0)
                {
                    yield return $"no such option, or one without a value: {SettingText.OneLine(one)}{Hint(one)}";
                }

                at++;
            }
            else
            {
                yield return Commands.ContainsKey(one)
                    ? $"the command has to come first: {one}"
                    : $"no such command: {SettingText.OneLine(one)}{Hint(one)}";
            }
        }
    }

    // Settings have no short options.
    private static bool IsShort(string one) => one.StartsWith('-') && !one.StartsWith("--", StringComparison.Ordinal);

    private static string Hint(string one)
    {
        var near = Commands.Keys
            .Where(name => name.Length > MostMistakes && EditDistance.Between(one, name) <= MostMistakes)
            .MinBy(name => EditDistance.Between(one, name));
        return near is null ? "" : $"; did you mean {near}?";
    }
}
