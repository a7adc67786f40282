using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>The JSON of answers and reports. Unknown properties are ignored, so that a newer version may add some.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ScanAnswer))]
[JsonSerializable(typeof(WorkerReport))]
internal sealed partial class ExchangeJson : JsonSerializerContext
{
    public static string Write(ScanAnswer answer) => JsonSerializer.Serialize(answer, Default.ScanAnswer);

    public static string Write(WorkerReport report) => JsonSerializer.Serialize(report, Default.WorkerReport);

    /// <summary>Those that are answers.</summary>
    public static IReadOnlyList<ScanAnswer> ReadAnswers(IEnumerable<string?> texts) =>
        [.. texts.Select(text => Read(text, Default.ScanAnswer)).OfType<ScanAnswer>()];

    /// <summary>Those that are reports.</summary>
    public static IReadOnlyList<WorkerReport> ReadReports(IEnumerable<string?> texts) =>
        [.. texts.Select(text => Read(text, Default.WorkerReport)).OfType<WorkerReport>()];

    private static T? Read<T>(string? text, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
