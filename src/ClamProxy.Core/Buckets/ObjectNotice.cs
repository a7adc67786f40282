using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Buckets;

/// <summary>A notice of a scanned object as CloudEvents 1.0 has events: the structured JSON form.</summary>
/// <param name="Id">The same for each notice of one version with one outcome, so that receivers can drop repeats.</param>
/// <param name="Source">The bucket.</param>
/// <param name="Type">What was found.</param>
/// <param name="Subject">The object's whole key.</param>
/// <param name="Time">When it was scanned.</param>
/// <param name="Data">The report.</param>
internal sealed record ObjectNotice(string Id, string Source, string Type, string Subject, DateTimeOffset Time, ObjectReport Data)
{
    public const string MediaType = "application/cloudevents+json";
    private const string TypePrefix = "io.clamproxy.object.";
    private const int ShownDigits = 32;

    [JsonPropertyName("specversion")]
    public string SpecVersion => "1.0";

    [JsonPropertyName("datacontenttype")]
    public string DataContentType => ObjectReport.Type;

    /// <param name="isRefused">Whether it goes where objects go that are not let pass.</param>
    public static ObjectNotice Of(string bucket, ScannedObject scanned, bool isRefused)
    {
        var (state, verdict) = (scanned.State, scanned.Verdict);
        var type = TypePrefix + (isRefused || verdict.Verdict == Verdict.Clean ? verdict.Verdict.Tag() : "released");
        var version = $"{bucket}\n{state.Key}\n{(state.HasOwnVersion ? state.Version.Id : state.Version.Tag)}\n{type}";
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..ShownDigits];
        return new(id, $"s3://{bucket}", type, state.Key, verdict.ScannedAt, ObjectReport.From(bucket, scanned));
    }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Default.ObjectNotice);
}
