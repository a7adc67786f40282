using ClamProxy.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ClamProxy.Starting;

/// <summary>Says once where the process listens, as soon as it does.</summary>
internal sealed class StartNotice(
    IHostApplicationLifetime lifetime, IServer server, ListenOptions listen, StartState state, ILogger<StartNotice> logger)
    : IHostedService
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

    private string Text(string address) =>
        listen.ManagementPort != 0 && BindingAddress.Parse(address).Port == listen.ManagementPort ? $"{address} (management)" : address;
}
