using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 6: errors that one request's own fields cause at upstream.</summary>
internal sealed class SharedErrorCase() : HostileCase(
    "6-errors", "one client asks in a loop with a User-Agent of 9000 bytes, to which upstream says 400", "everybody else gets the file")
{
    private const int Asked = 100;

    public override async Task RunAsync(CaseRun run)
    {
        const int LongestField = 8192;
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/index", async context =>
        {
            await Task.Delay(50, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (context.Request.Headers.UserAgent.ToString().Length > LongestField)
            {
                context.Response.StatusCode = 400;
                return;
            }

            await FakeOrigin.SendAsync(context, RandomBody.Of(1000));
        });
        var proxy = await run.ProxyAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Ending);
        var attack = AttackAsync(proxy, origin.Url, end.Token);
        using var honest = ClientFrom.Http("127.0.0.1", proxy.Port);
        List<int> statuses = [];
        for (var asked = 0; asked < Asked; asked++)
        {
            using var answer = await honest.SendAsync(ClientFrom.Ask("/index", origin.Url), run.Ending);
            statuses.Add((int)answer.StatusCode);
        }

        await end.CancelAsync();
        await attack;
        run.Saw($"others: {string.Join(", ", statuses.CountBy(status => status).Select(pair => $"{pair.Value} × {pair.Key}"))}");
        run.Must(
            statuses.TrueForAll(status => status == 200),
            $"{statuses.Count(status => status != 200)} of {Asked} answers of others are the attacker's error");
    }

    private static async Task AttackAsync(ProxyProcess proxy, string upstream, CancellationToken cancellationToken)
    {
        using var attacker = ClientFrom.Http("127.0.0.2", proxy.Port);
        try
        {
            while (true)
            {
                using var answer = await attacker.SendAsync(
                    ClientFrom.Ask("/index", upstream, fields: ("User-Agent", new string('A', 9000))), cancellationToken);
                await Task.Delay(5, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
