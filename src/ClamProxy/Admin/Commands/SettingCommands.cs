using System.CommandLine;
using System.Text.Json;
using ClamProxy.Admin.Settings;
using ClamProxy.Commands;
using ClamProxy.Configuration;

namespace ClamProxy.Admin.Commands;

/// <summary><c>clamproxy status</c>, <c>config</c> and <c>reload</c>.</summary>
internal static class SettingCommands
{
    public static IEnumerable<AdminCommandLine> AddTo(RootCommand root)
    {
        var status = new Command(AdminCommand.Status, "Tells how a running ClamProxy is: 0 ready, 1 not ready, 2 no answer.");
        var reload = new Command(AdminCommand.Reload, "Has a running ClamProxy read its configuration again.");
        var file = new Argument<string?>("FILE")
        {
            Description = "a JSON file in the place of appsettings.json",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var local = new Option<bool>("--local") { Description = "what a start here would have, and not what a running ClamProxy has" };
        var check = new Command("check", "Checks the configuration as a start does: 0 right, 1 wrong, a line for each problem.") { file };
        var show = new Command("show", "Every setting with its value and where that comes from; secrets are masked.") { local };
        root.Add(status);
        root.Add(reload);
        root.Add(new Command(AdminCommand.Config, "The configuration.") { check, show });
        return
        [
            new(status, _ => (new(HttpMethod.Get, "/status", null, PrintStatus), null)),
            new(reload, _ => (new(HttpMethod.Post, "/reload", "{}", PrintReload), null)),
            new(check, _ => (null, "asks nobody"))
            {
                Local = parsed => (json, output, error) => Check(parsed.GetValue(file), json, output, error),
            },
            new(show, _ => (new(HttpMethod.Get, "/config", null, PrintConfig), null))
            {
                Local = parsed => parsed.GetValue(local) ? Show : null,
            },
        ];
    }

    private static int Check(string? file, bool isJson, TextWriter output, TextWriter error)
    {
        var (_, problems) = ProxyApplication.Check([], file);
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(new CheckAnswer(problems.Count == 0, problems), AdminJson.Default.CheckAnswer));
        }
        else if (problems.Count == 0)
        {
            output.WriteLine("the configuration is right");
        }

        foreach (var problem in isJson ? [] : problems)
        {
            error.WriteLine(problem);
        }

        return problems.Count == 0 ? 0 : 1;
    }

    private static int Show(bool isJson, TextWriter output, TextWriter error)
    {
        var (settings, problems) = ProxyApplication.Check([]);
        foreach (var problem in problems)
        {
            error.WriteLine(problem);
        }

        if (settings is not null)
        {
            var answer = ConfigAnswer.Of(
                settings.Effective(),
                [],
                TimeProvider.System.GetUtcNow(),
                problems.Count == 0 ? null : string.Join("; ", problems));
            if (isJson)
            {
                output.WriteLine(JsonSerializer.Serialize(answer, AdminJson.Default.ConfigAnswer));
            }
            else
            {
                Print(answer, output);
            }
        }

        return problems.Count == 0 ? 0 : 1;
    }

    private static int PrintConfig(string answer, TextWriter output)
    {
        Print(JsonSerializer.Deserialize(answer, AdminJson.Default.ConfigAnswer)!, output);
        return 0;
    }

    private static void Print(ConfigAnswer config, TextWriter output)
    {
        if (config.Problem is { } problem)
        {
            output.WriteLine($"a newer configuration was refused: {CommandText.Plain(problem)}");
        }

        CommandText.Table(output,
        [
            .. config.Settings.Select(setting => new[]
            {
                setting.Variable ?? CommandText.Plain(setting.Key), CommandText.Plain(setting.Value ?? "unset"),
                $"{CommandText.Plain(setting.Origin)}{(setting.NeedsRestart ? " (changed: counts after the next start)" : "")}",
            }),
        ]);
    }

    private static int PrintReload(string answer, TextWriter output)
    {
        var reloaded = JsonSerializer.Deserialize(answer, AdminJson.Default.ReloadAnswer)!;
        output.WriteLine(reloaded.Outcome == "done" ? $"reloaded; changed: {string.Join(", ", reloaded.Changed)}" : "nothing has changed");
        if (reloaded.NeedRestart.Count > 0)
        {
            output.WriteLine($"these count after the next start only: {string.Join(", ", reloaded.NeedRestart)}");
        }

        return 0;
    }

    private static int PrintStatus(string answer, TextWriter output)
    {
        var status = JsonSerializer.Deserialize(answer, AdminJson.Default.StatusAnswer)!;
        output.WriteLine(status.Ready ? "ready" : $"not ready: {CommandText.Plain(status.Problem)}");
        output.WriteLine($"clamproxy {status.Version}, started {CommandText.Time(status.StartedAt)}");
        ScannerCommands.Print(status.Scanners, output);
        output.WriteLine($"downloads {status.Downloads}, scans waiting {status.Scanners.Waiting}");
        output.WriteLine($"spool {Space(status.Spool.Bytes, status.Spool.MostBytes, status.Spool.Problem)}");
        output.WriteLine(status.Store is { } store
            ? $"store {Space(store.Bytes, store.MostBytes, store.Problem)}, {store.Files} files, {store.Urls} URLs"
            : "no store");
        (string What, string? Problem)[] others =
            [("verdicts", status.Verdicts), ("queue", status.Queue), ("configuration", status.Configuration)];
        foreach (var (what, problem) in others.Where(one => one.Problem is not null))
        {
            output.WriteLine($"{what}: {CommandText.Plain(problem)}");
        }

        return status.Ready ? CommandExit.Clean : CommandExit.Refused;
    }

    private static string Space(long bytes, long most, string? problem) =>
        $"{SizeText.About(bytes)} of {SizeText.About(most)}{(problem is null ? "" : $" ({CommandText.Plain(problem)})")}";
}
