using ClamProxy.Access;
using ClamProxy.Configuration;
using ClamProxy.Doors.Http;
using ClamProxy.Starting;

namespace ClamProxy.Clients;

/// <summary><c>clamproxy clients</c>: prints what package clients have to be told, for the settings that this process was given.</summary>
internal static class ClientsCommand
{
    private const string NoRoute = "No route is configured, so there is nothing to print. Set PRESETS, for example to pypi,npm; "
        + "docs/clients/README.md lists them.";

    /// <returns>0; 1 where no route is configured; 78 where a setting is wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        // Standard output belongs to the snippets: they are written into files as they come.
        var (application, problems) = ProxyApplication.Build([.. args, "--LOG_LEVEL=None"]);
        if (application is null)
        {
            return StartFailure.Report(problems, error);
        }

        await using var built = application;
        var door = built.Services.GetRequiredService<HttpDoorOptions>();
        var publicUrl = PublicUrl(door, built.Services.GetRequiredService<ListenOptions>());
        var credentials = built.Services.GetRequiredService<AccessOptions>().ProxyCredentials.Select(Credential.Parse).OfType<Credential>();
        var snippets = new ClientSnippets(door.Routes, publicUrl, [.. credentials]).All();
        if (snippets.Count == 0)
        {
            await error.WriteLineAsync(NoRoute);
            return 1;
        }

        await output.WriteLineAsync(
            $"# ClamProxy at {publicUrl}{(door.PublicUrl.Length > 0 ? "" : " (set PUBLIC_URL if clients reach it under another name)")}");
        if (built.Services.GetRequiredService<AccessOptions>().ProxyCredentials.Count > 0)
        {
            await output.WriteLineAsync(
                "# It requires credentials (PROXY_CREDENTIALS): put name:password@ before the host, or use the client's own setting for "
                    + "them.");
        }

        foreach (var snippet in snippets)
        {
            await output.WriteLineAsync($"\n{snippet}");
        }

        return 0;
    }

    private static Uri PublicUrl(HttpDoorOptions door, ListenOptions listen) =>
        Uri.TryCreate(door.PublicUrl, UriKind.Absolute, out var given)
            ? given
            : new UriBuilder(Uri.UriSchemeHttp, "localhost", listen.Port).Uri;
}
