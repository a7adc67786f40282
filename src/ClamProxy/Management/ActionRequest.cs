using System.Text.Json;

namespace ClamProxy.Management;

/// <summary>Reads the JSON object that a POST to the management port brings.</summary>
internal static class ActionRequest
{
    private const int MostBytes = 16 * 1024;

    /// <returns>The object, or the status and the line to refuse it with.</returns>
    public static async Task<(JsonElement? Value, int Status, string Problem)> ReadAsync(HttpRequest request, CancellationToken cancelled)
    {
        // No page acts here. Browsers send this with each POST, even of a page whose own name leads to this machine (DNS rebinding).
        if (request.Headers.Origin.Count > 0)
        {
            return (null, StatusCodes.Status403Forbidden, "not for pages in a browser (Origin)\n");
        }

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
