using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Core.Jobs;

/// <summary>The JSON of stored jobs and outcomes. Unknown properties are ignored, so that a newer version may add some.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobOutcome))]
internal sealed partial class JobJson : JsonSerializerContext
{
    /// <exception cref="JobStoreException">It is none: torn, or of a version that means something else.</exception>
    public static Job ReadJob(string? text) => Read(text, Default.Job, "job");

    /// <inheritdoc cref="ReadJob"/>
    public static JobOutcome ReadOutcome(string? text) =>
        Read(text, Default.JobOutcome, "outcome") is { Status: not Jobs.JobStatus.Pending } read
        ? read
        : throw new JobStoreException("What is stored as an outcome says that there is none.");

    private static T Read<T>(string? text, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text ?? "null", type)
                ?? throw new JobStoreException($"What is stored as {what} is null.");
        }
        catch (JsonException e)
        {
            throw new JobStoreException($"What is stored as {what} cannot be read.", e);
        }
    }
}
