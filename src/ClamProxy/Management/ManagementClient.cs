using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClamProxy.Configuration;
using ClamProxy.Core.Tls;
using ClamProxy.Warming;

namespace ClamProxy.Management;

/// <summary>How commands ask the management port of a running ClamProxy for an action.</summary>
internal static class ManagementClient
{
    /// <summary>As much as the longest list that an action answers with.</summary>
    private const int MostBytes = 64 << 20;

    /// <summary>Redis, the store and the record answer in well under a second, or not at all.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks for an action.</summary>
    /// <param name="management">The management port, with credentials if it needs some.</param>
    /// <param name="path">The action's.</param>
    /// <param name="json">What it takes: a JSON object.</param>
    /// <param name="error">Is told why it is not done.</param>
    /// <returns>The answer's JSON object; null: it is not done.</returns>
    public static Task<string?> AskAsync(ProxyBase management, string path, string json, TextWriter error) =>
        AskAsync(management, HttpMethod.Post, path, json, Limit, error);

    /// <summary>Asks for something.</summary>
    /// <param name="method">How.</param>
    /// <param name="json">What is sent; null: nothing.</param>
    /// <param name="limit">The longest wait.</param>
    /// <inheritdoc cref="AskAsync(ProxyBase, string, string, TextWriter)"/>
    public static async Task<string?> AskAsync(
        ProxyBase management, HttpMethod method, string path, string? json, TimeSpan limit, TextWriter error)
    {
        try
        {
            var (status, text) = await SendAsync(management, method, path, json, limit);
            if (status == HttpStatusCode.OK)
            {
                return text;
            }

            var problem = Member(text, "problem") ?? Member(text, "detail") ?? text.Trim();
            await error.WriteLineAsync($"{(int)status}: {string.Join('\n', problem.Split('\n').Select(SettingText.OneLine))}");
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync(
                $"no answer from {management} ({SettingText.OneLine(unreachable.Message)}): is --management the management port?");
        }

        return null;
    }

    /// <summary>A member of a JSON object as text; null: there is none.</summary>
    public static string? Member(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The ClamProxy of this machine, as the same settings would start it.</summary>
    public static string UsualAddress()
    {
        var listen = new SettingsReader(WebApplication.CreateSlimBuilder().Configuration).Read<ListenOptions>();
        var address = ListenOptions.Parse(listen.ManagementAddress);
        address = address is null || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
        return $"http://{new IPEndPoint(address, listen.ManagementPort)}";
    }

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(
        ProxyBase management, HttpMethod method, string path, string? json, TimeSpan limit)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = { CertificateChainPolicy = TrustedRoots.Policy() },
        })
        {
            Timeout = limit,
            MaxResponseContentBufferSize = MostBytes,
        };
        using var request = new HttpRequestMessage(method, new UriBuilder(management.Text + path).Uri)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (management.Credential is { } credential)
        {
            request.Headers.TryAddWithoutValidation("Authorization", credential);
        }

        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
