using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 14.</summary>
internal sealed class WrongPasswordsCase() : HostileCase(
    "14-passwords", "60 clients try wrong passwords, one at a time each", "a client that comes with the right one is let in")
{
    private const int Attackers = 60;

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/file", RandomBody.Of(1000));
        var proxy = await run.ProxyAsync(("PROXY_CREDENTIALS", Secret.Password("alice", "right")));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Ending);
        Task[] attack =
        [
            .. Enumerable.Range(2, Attackers).Select(number => GuessAsync($"127.0.0.{number}", proxy.Port, origin.Url, end.Token))
        ];
        await Task.Delay(1500, run.Ending);

        using var honest = ClientFrom.Http("127.0.1.1", proxy.Port, TimeSpan.FromSeconds(60));
        List<int> statuses = [];
        while (statuses.Count < 3 && !statuses.Contains(200))
        {
            using var answer = await honest.SendAsync(
                ClientFrom.Ask("/file", origin.Url, fields: ("Proxy-Authorization", Secret.Basic("alice", "right"))), run.Ending);
            statuses.Add((int)answer.StatusCode);
        }

        await end.CancelAsync();
        await Task.WhenAll(attack);
        run.Saw($"the right password: {string.Join(", ", statuses)}");
        run.Must(statuses.Contains(200), $"the right password is answered {string.Join(", ", statuses)}");
    }

    private static async Task GuessAsync(string source, int port, string upstream, CancellationToken cancellationToken)
    {
        using var attacker = ClientFrom.Http(source, port);
        try
        {
            for (var guess = 0; ; guess++)
            {
                using var request = ClientFrom.Ask(
                    "/file", upstream, fields: ("Proxy-Authorization", Secret.Basic("alice", $"wrong{guess}")));
                using var answer = await attacker.SendAsync(request, cancellationToken);
                await Task.Delay(20, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
        }
    }
}
