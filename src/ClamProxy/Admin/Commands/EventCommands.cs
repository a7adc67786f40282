using System.CommandLine;
using System.Text.Json;
using ClamProxy.Admin.Events;

namespace ClamProxy.Admin.Commands;

/// <summary><c>clamproxy events</c>: list, test.</summary>
internal static class EventCommands
{
    public static IEnumerable<AdminCommandLine> AddTo(RootCommand root)
    {
        var target = new Argument<string>("TARGET") { Description = "its name in EVENT_WEBHOOKS" };
        var list = new Command("list", "The targets of events, and what waits for them.");
        var test = new Command("test", "Sends a target an event of the type io.clamproxy.test, behind what waits for it.") { target };
        root.Add(new Command(AdminCommand.Events, "The targets of events of a running ClamProxy.") { list, test });
        return
        [
            new(list, _ => (new(HttpMethod.Get, "/events", null, Print), null)),
            new(test, parsed => (
                new(
                    HttpMethod.Post,
                    "/events/test",
                    JsonSerializer.Serialize(new EventBody(parsed.GetValue(target)), AdminJson.Default.EventBody),
                    Print),
                null)),
        ];
    }

    private static int Print(string answer, TextWriter output)
    {
        CommandText.Table(output,
        [
            .. JsonSerializer.Deserialize(answer, AdminJson.Default.EventListAnswer)!.Targets.Select(target => new[]
            {
                CommandText.Plain(target.Target),
                $"{target.Waiting} waiting",
                target.OldestAt is { } at ? $"since {CommandText.Time(at)}" : "",
                target.Problem is { } problem ? CommandText.Plain(problem) : "",
            }),
        ]);
        return 0;
    }
}
