using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>Bytes to the API's port: no HTTP client would send these.</summary>
internal static class ApiWire
{
    public const string FormHead = "POST /upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + "Content-Type: multipart/form-data; boundary=b\r\n";

    public const string FilePart = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

    public static Task<TcpClient> ConnectAsync(ApiWorld world) => Wire.ConnectAsync(world.Host.Addresses[2]);

    /// <summary>Sends the text, and nothing after it until the API closes.</summary>
    public static async Task<(int Status, JsonElement Problem, string Answer)> AskAsync(ApiWorld world, string request)
    {
        using var client = await ConnectAsync(world);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        return Read(await Wire.ReadToEndAsync(client));
    }

    public static (int Status, JsonElement Problem, string Answer) Read(string answer)
    {
        var brace = answer.IndexOf('{', StringComparison.Ordinal);
        var isWhole = answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal);
        return (
            isWhole ? int.Parse(answer.AsSpan(9, 3), provider: null) : 0,
            brace < 0 ? default : JsonSerializer.Deserialize<JsonElement>(answer[brace..]),
            answer);
    }
}
