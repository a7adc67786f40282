using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.Configuration;
using ClamProxy.Core.Tls;

namespace ClamProxy.Forgetting;

/// <summary><c>clamproxy forget</c> and <c>clamproxy rescan</c>: ask the management port of a running ClamProxy.</summary>
internal static class ForgetCommand
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Redis and the store answer in well under a second, or not at all.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <returns>0: it is done; 2: it is not; 64: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var (arguments, exitCode) = ForgetArguments.Parse(args, UsualManagement(), output, error);
        if (arguments is null)
        {
            return exitCode;
        }

        try
        {
            return await AskAsync(arguments, output, error);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync(
                $"no answer from {arguments.Management} ({SettingText.OneLine(unreachable.Message)}): "
                    + "is --management the management port?");
            return CommandExit.Failed;
        }
    }

    private static async Task<int> AskAsync(ForgetArguments arguments, TextWriter output, TextWriter error)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = { CertificateChainPolicy = TrustedRoots.Policy() },
        })
        {
            Timeout = Limit,
            MaxResponseContentBufferSize = MostBytes,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(arguments.Management.Text + arguments.Path).Uri)
        {
            Content = new StringContent(Body(arguments), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (arguments.Management.Credential is { } credential)
        {
            request.Headers.TryAddWithoutValidation("Authorization", credential);
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            await error.WriteLineAsync($"{(int)answer.StatusCode}: {SettingText.OneLine(Member(text, "problem") ?? text.Trim())}");
            return CommandExit.Failed;
        }

        await output.WriteLineAsync(arguments.Path == "/rescan" ? "everything is scanned again" : "forgotten");
        if (Member(text, "shared") == "False")
        {
            await error.WriteLineAsync("Redis does not answer: the other processes learn of it when it does");
        }

        return 0;
    }

    private static string Body(ForgetArguments arguments) =>
        arguments.Name is { } name ? $"{{\"{name}\": {(arguments.Value is true ? "true" : $"\"{Encoded(arguments)}\"")}}}" : "{}";

    private static JsonEncodedText Encoded(ForgetArguments arguments) => JsonEncodedText.Encode((string)arguments.Value!);

    private static string? Member(string json, string name)
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
    private static string UsualManagement()
    {
        var listen = new SettingsReader(WebApplication.CreateSlimBuilder().Configuration).Read<ListenOptions>();
        var address = ListenOptions.Parse(listen.ManagementAddress);
        address = address is null || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
        return $"http://{new IPEndPoint(address, listen.ManagementPort)}";
    }
}
