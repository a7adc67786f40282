using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ClamProxy.Admin.Scanners;
using ClamProxy.Commands;

namespace ClamProxy.Admin.Commands;

/// <summary><c>clamproxy scanners</c>: list, drain, resume, canary.</summary>
internal static class ScannerCommands
{
    public static IEnumerable<AdminCommandLine> AddTo(RootCommand root)
    {
        var scanner = new Argument<string>("SCANNER") { Description = "as the list has it, such as tcp://clamd:3310" };
        var one = new Argument<string?>("SCANNER")
        {
            Description = "as the list has it; all where it is left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var force = new Option<bool>("--force") { Description = "even the last one that works: then every file is refused" };
        var list = new Command("list", "The scanners: state, work, signatures, last test.");
        var drain = new Command("drain", "Lets a scanner have no new scans; those under way end. A restart of ClamProxy ends that.")
        {
            scanner, force,
        };
        var resume = new Command("resume", "Lets a drained scanner have scans again.") { scanner };
        var canary = new Command("canary", "Tests one scanner, or all, by the canaries now: 0 all passed, 1 not all.") { one };
        root.Add(new Command(AdminCommand.Scanners, "The scanners of a running ClamProxy.") { list, drain, resume, canary });
        return
        [
            new(list, _ => (new(HttpMethod.Get, "/scanners", null, PrintList), null)),
            new(drain, parsed => (Post("drain", new ScannerBody(parsed.GetValue(scanner), parsed.GetValue(force)), PrintList), null)),
            new(resume, parsed => (Post("resume", new ScannerBody(parsed.GetValue(scanner)), PrintList), null)),
            new(canary, parsed => (
                Post("canary", new ScannerBody(parsed.GetValue(one)), PrintTest) with { Limit = TimeSpan.FromMinutes(11) }, null)),
        ];
    }

    /// <summary>The scanners, a line for each.</summary>
    public static void Print(ScannerListAnswer list, TextWriter output) => CommandText.Table(output,
    [
        .. list.Scanners.Select(scanner => new[]
        {
            CommandText.Plain(scanner.Scanner),
            scanner.State,
            $"{scanner.InFlight} in flight",
            $"{CommandText.Plain(scanner.Engine)}/{scanner.Database?.ToString(CultureInfo.InvariantCulture) ?? "-"}",
            $"signatures {Age(scanner.SignatureAgeSeconds)}",
            scanner.LastCanary is { } test ? $"tested {CommandText.Time(test.At)} {(test.Passed ? "passed" : "failed")}" : "not tested",
            scanner.Problem is { } problem ? CommandText.Plain(problem) : "",
        }),
    ]);

    private static string Age(long? seconds) => seconds switch
    {
        null => "of unknown age",
        < 2 * 86_400 => $"{seconds / 3600} hours old",
        _ => $"{seconds / 86_400} days old",
    };

    private static AdminCall Post(string action, ScannerBody body, Func<string, TextWriter, int> print) =>
        new(HttpMethod.Post, $"/scanners/{action}", JsonSerializer.Serialize(body, AdminJson.Default.ScannerBody), print);

    private static int PrintList(string answer, TextWriter output)
    {
        Print(JsonSerializer.Deserialize(answer, AdminJson.Default.ScannerListAnswer)!, output);
        return 0;
    }

    private static int PrintTest(string answer, TextWriter output)
    {
        var list = JsonSerializer.Deserialize(answer, AdminJson.Default.ScannerListAnswer)!;
        CommandText.Table(output,
        [
            .. list.Scanners.Select(scanner => new[]
            {
                CommandText.Plain(scanner.Scanner),
                scanner.LastCanary!.Passed ? "passed" : $"failed: {CommandText.Plain(scanner.LastCanary.Problem)}",
            }),
        ]);
        return list.Scanners.All(scanner => scanner.LastCanary!.Passed) ? CommandExit.Clean : CommandExit.Refused;
    }
}
