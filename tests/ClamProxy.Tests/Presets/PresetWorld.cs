using ClamProxy.Configuration;
using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Presets;
using Microsoft.Extensions.Configuration;

namespace ClamProxy.Tests.Presets;

/// <summary>What presets and other settings come to.</summary>
internal sealed record PresetWorld(IReadOnlyDictionary<string, ProxyRouteOptions> Routes, IReadOnlyList<string> Problems)
{
    /// <param name="settings">NAME=value; a key of the section with colons.</param>
    public static PresetWorld Of(params string[] settings)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])));
        var unmet = configuration.AddPresets();
        var reader = new SettingsReader(configuration);
        reader.Read<PresetOptions>();
        var routes = reader.Read<HttpDoorOptions>().Routes;
        return new(routes, [.. unmet, .. reader.Problems]);
    }

    /// <summary>All that a preset needs, as its file's examples have it.</summary>
    public static string[] Upstreams(Preset preset) => [.. preset.Upstreams.Select(upstream => $"{upstream.Key}={upstream.Value.Example}")];
}
