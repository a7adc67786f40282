using System.Text.Json;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Verdicts;
using ClamProxy.Management;

namespace ClamProxy.Recalling;

/// <summary>POST /recall: who took a content, by the record of this process and those that share it.</summary>
internal sealed class RecallAction(DeliveryRecord record, ILogger<RecallAction> logger)
{
    public const string Path = "/recall";

    private const string Takes = "takes {\"sha256\": \"64 lower-case hex digits\"}";
    private const string NoRecord = "there is no record of deliveries here: set RECORD_PATH or DATA_PATH, and RECORD_FOR to more than 0";

    public async Task<ManagementAnswer> RunAsync(JsonElement given, CancellationToken cancelled)
    {
        if (given.EnumerateObject().ToList() is not [{ Name: "sha256", Value: { ValueKind: JsonValueKind.String } value }]
            || value.GetString() is not { } sha256
            || !Sha256Text.IsValid(sha256))
        {
            return Problem(StatusCodes.Status400BadRequest, Takes);
        }

        if (!record.IsOn)
        {
            return Problem(StatusCodes.Status409Conflict, NoRecord);
        }

        try
        {
            var takers = await record.FindAsync(sha256, cancelled);
            logger.Recalled(sha256, takers.Rows);
            return new(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(
                RecallAnswer.Of(takers), RecallJson.Default.RecallAnswer));
        }
        catch (IOException e)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, $"the record cannot be read: {e.Message}");
        }
    }

    private static ManagementAnswer Problem(int status, string problem) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new RecallProblem(problem), RecallJson.Default.RecallProblem));
}
