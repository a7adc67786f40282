using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>The JSON of callbacks as they are stored and sent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Callback))]
[JsonSerializable(typeof(CallbackBody))]
internal sealed partial class CallbackJson : JsonSerializerContext
{
    /// <exception cref="JobStoreException">It is none: torn, or of a version that means something else.</exception>
    public static Callback Read(string? text)
    {
        try
        {
            return JsonSerializer.Deserialize(text ?? "null", Default.Callback)
                ?? throw new JobStoreException("What is stored as a callback is null.");
        }
        catch (JsonException e)
        {
            throw new JobStoreException("What is stored as a callback cannot be read.", e);
        }
    }
}
