using ClamProxy.TestKit;
using ClamProxy.TestKit.Registries;

namespace ClamProxy.Process.Tests.Clients;

/// <summary>ClamProxy with one preset, its store on, in front of a registry.</summary>
public sealed class ClientProxy : IAsyncDisposable
{
    private readonly ProxyProcess _process;
    private readonly TempFolder _store;
    private readonly string _preset;

    private ClientProxy(ProxyProcess process, TempFolder store, string preset) => (_process, _store, _preset) = (process, store, preset);

    /// <summary>What a client of this ecosystem is given.</summary>
    public RegistryBase Registry => new($"http://127.0.0.1:{_process.Port}/{_preset}");

    public string Log => _process.Log;

    /// <param name="preset">Such as npm: one of PRESETS.</param>
    /// <param name="hasFilesHost">The preset knows a second upstream, for the files.</param>
    public static async Task<ClientProxy> StartAsync(ClientClamd clamd, RegistryHosts hosts, string preset, bool hasFilesHost)
    {
        var store = new TempFolder();
        var variables = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["STORE_PATH"] = store.File("store"),
            ["PRESETS"] = preset,
            [$"{preset.ToUpperInvariant()}_UPSTREAM"] = $"{hosts.Index.Url}/",
            [$"ClamProxy__Routes__{preset}__Revalidate"] = "true",
        };
        if (hasFilesHost)
        {
            variables[$"{preset.ToUpperInvariant()}_FILES_UPSTREAM"] = $"{hosts.Files.Url}/";
            variables[$"ClamProxy__Routes__{preset}-files__Revalidate"] = "true";
        }

        try
        {
            return new ClientProxy(await ProxyProcess.StartAsync(variables), store, preset);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _store.Dispose();
    }
}
