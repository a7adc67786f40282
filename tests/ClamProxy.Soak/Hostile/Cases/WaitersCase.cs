using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 9, with the 768 MiB of heap that a container of 1 GiB gives.</summary>
/// <param name="connections">HTTP/2 connections of the one client.</param>
/// <param name="most">The most memory that may be in use, in MiB.</param>
internal sealed class WaitersCase(string name, int connections, int most) : HostileCase(
    name,
    $"one client joins one dripping target with {connections} HTTP/2 connections of {Streams} streams",
    $"the process stays below {most} MiB and serves others; what is over a client's share is refused")
{
    private const int Streams = 100;

    /// <summary>One of so many must be refused at least.</summary>
    private const int LeastRefused = 4;

    public override async Task RunAsync(CaseRun run)
    {
        var origin = run.Made(await FakeOrigin.StartAsync());
        origin.On("/file", RandomBody.Of(1000));
        origin.On("/drip", context => SteppedOrigin.DripAsync(context, RandomBody.Of(1_000_000), TimeSpan.FromMinutes(1)));
        using var door = new TlsDoor();
        var proxy = await run.ProxyAsync([.. door.Settings, ("DOTNET_GCHeapHardLimit", "0x30000000")]);
        var attack = run.Made(new WaitingStreams("127.0.0.2", door.Secure));
        var (before, peak) = (proxy.ResidentBytes, 0L);
        for (var connection = 0; connection < connections && !proxy.HasExited; connection++)
        {
            await attack.AddAsync("/drip", origin.Url, Streams, run.Ending);
            peak = Math.Max(peak, proxy.HasExited ? 0 : proxy.ResidentBytes);
        }

        var status = 0;
        for (var time = 0; time < 5 && !proxy.HasExited; time++)
        {
            await Task.Delay(500, run.Ending);
            peak = Math.Max(peak, proxy.ResidentBytes);
            using var honest = ClientFrom.Http("127.0.0.1", door.Plain, TimeSpan.FromSeconds(10));
            using var answer = await honest.SendAsync(ClientFrom.Ask($"/file?{time}", origin.Url), run.Ending);
            status = (int)answer.StatusCode;
        }

        run.Saw(
            $"memory {before >> 20} to {peak >> 20} MiB; {attack.Answered} of {connections * Streams} requests refused, {attack.Closed} "
                + $"connections closed; others got {status}");
        run.Must(!proxy.HasExited, "the process has ended");
        run.Must(peak >> 20 < most, $"memory went from {before >> 20} to {peak >> 20} MiB");
        run.Must(status == 200, $"others got {status}");
        run.Must(
            attack.Answered + (attack.Closed * Streams) >= connections * Streams / LeastRefused,
            $"{attack.Answered} of {connections * Streams} waiting requests of one client were refused, and {attack.Closed} connections "
                + "closed");
    }
}
