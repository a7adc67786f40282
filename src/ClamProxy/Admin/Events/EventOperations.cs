using ClamProxy.Core.Events;

namespace ClamProxy.Admin.Events;

/// <summary>The targets of events: what waits for them, and whether events arrive.</summary>
/// <param name="health">Null: there are no targets.</param>
/// <param name="tester">The same.</param>
internal sealed class EventOperations(EventHealth? health = null, EventTester? tester = null)
{
    private const string Sample = """{"target": "siem"}""";

    public IEnumerable<AdminOperation> All() =>
    [
        new(
            "listEventTargets", "GET", "/events", "The targets of events, and what waits for them",
            AdminJson.Default.EventListAnswer, (_, _) => Task.FromResult(List())),
        new(
            "testEventTarget", "POST", "/events/test", "Send a target an event of the type io.clamproxy.test, behind what waits for it",
            AdminJson.Default.EventListAnswer, TestAsync)
        {
            Body = AdminJson.Default.EventBody,
            Sample = Sample,
            Problems = new Dictionary<int, string>
            {
                [404] = "There is no such target.",
                [503] = "It could not be queued.",
            },
        },
    ];

    private async Task<AdminAnswer> TestAsync(AdminRequest request, CancellationToken cancelled)
    {
        if (((EventBody)request.Body!).Target is not { Length: > 0 } target)
        {
            return AdminAnswer.Wrong($"target is needed, as EVENT_WEBHOOKS names it. A right body looks like {Sample}");
        }

        request.Target = target;
        try
        {
            return tester is not null && await tester.SendAsync(target, cancelled) ? List() : NoSuch();
        }
        catch (IOException e)
        {
            return AdminAnswer.Failed(e.Message);
        }
    }

    private AdminAnswer NoSuch() => AdminAnswer.NotFound(health is null
        ? "There are no targets: EVENT_WEBHOOKS is not set."
        : $"There is no such target. There are: {string.Join(", ", health.Targets.Select(target => target.Name))}.");

    private AdminAnswer List() => AdminAnswer.Of(
        new EventListAnswer(
            [
                .. (health?.Targets ?? []).Select(
                    target => new EventTargetAnswer(target.Name, target.Waiting, target.OldestAt, target.Problem)),
            ]),
        AdminJson.Default.EventListAnswer);
}
