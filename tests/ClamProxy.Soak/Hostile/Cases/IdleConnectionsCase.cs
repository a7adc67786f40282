using System.Net.Sockets;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 12, with the default of 10,000 connections.</summary>
internal sealed class IdleConnectionsCase() : HostileCase(
    "12-idle", "one client opens 10,100 connections and says nothing", "another client is answered")
{
    private const int Connections = 10_100;

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/file", RandomBody.Of(1000));
        var proxy = await run.ProxyAsync();
        List<Socket> idle = [];
        try
        {
            while (idle.Count < Connections)
            {
                idle.Add(await ClientFrom.ConnectAsync("127.0.0.2", proxy.Port, run.Ending));
            }

            // The kernel takes connections before the process does.
            await Task.Delay(2000, run.Ending);
            var status = await StatusAsync(proxy, origin.Url, run.Ending);
            run.Saw($"{idle.Count} idle connections; another client's file: {(status == 0 ? "closed" : status)}");
            run.Must(status == 200, $"another client's connection is {(status == 0 ? "closed" : $"answered {status}")}");
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<int> StatusAsync(ProxyProcess proxy, string upstream, CancellationToken cancellationToken)
    {
        using var honest = ClientFrom.Http("127.0.0.1", proxy.Port, TimeSpan.FromSeconds(10));
        try
        {
            using var answer = await honest.SendAsync(ClientFrom.Ask("/file", upstream), cancellationToken);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return 0;
        }
    }
}
