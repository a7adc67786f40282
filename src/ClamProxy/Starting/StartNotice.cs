using ClamProxy.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ClamProxy.Starting;

/// <summary>Says once where the process listens, as soon as it does.</summary>
internal sealed class StartNotice(
    IHostApplicationLifetime lifetime,
    IServer server,
    ListenOptions listen,
    IcapListeners icap,
    StartState state,
    ILogger<StartNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Say);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Say()
    {
        state.Announce();
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        logger.Listening(string.Join(", ", addresses.Select(Text)));
    }

    private string Text(string address)
    {
        var port = BindingAddress.Parse(address).Port;
        return listen.ManagementPort != 0 && port == listen.ManagementPort ? $"{address} (management)"
            : icap.HavePort(port) ? $"icap{address["http".Length..]}"
            : address;
    }
}
