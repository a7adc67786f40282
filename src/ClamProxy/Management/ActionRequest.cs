using System.Text.Json;

namespace ClamProxy.Management;

/// <summary>Reads the JSON object that a POST to the management port brings.</summary>
internal static class ActionRequest
{
    private const int MostBytes = 16 * 1024;

    /// <returns>The object, or the status and the line to refuse it with.</returns>
    public static async Task<(JsonElement? Value, int Status, string Problem)> ReadAsync(HttpRequest request, CancellationToken cancelled)
    {
        // A page in a browser on this machine can send no such type without being asked first (CORS), and is then refused.
        if (!request.HasJsonContentType())
        {
            return (null, StatusCodes.Status415UnsupportedMediaType, "Content-Type: application/json only\n");
        }

        var buffer = new byte[MostBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancelled);
        if (length > MostBytes)
        {
            return (null, StatusCodes.Status413PayloadTooLarge, "16 KiB at most\n");
        }

        try
        {
            using var document = JsonDocument.Parse(length == 0 ? "{}"u8.ToArray() : buffer.AsMemory(0, length));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), StatusCodes.Status200OK, "")
                : (null, StatusCodes.Status400BadRequest, "a JSON object only\n");
        }
        catch (JsonException)
        {
            return (null, StatusCodes.Status400BadRequest, "a JSON object only\n");
        }
    }
}
