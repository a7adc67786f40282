using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs;

/// <summary>What is known of a job, in the words that clients of earlier scan services know.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Bucket">Where its content lies.</param>
/// <param name="Key">Its content's key there; it changes with the outcome.</param>
/// <param name="Status">PENDING, CLEAN, INFECTED, UNSCANNABLE or ERROR.</param>
/// <param name="Virus">The signature that was found.</param>
/// <param name="Details">Why there is no clean verdict.</param>
/// <param name="Timestamp">When it ended; when it was accepted, while it is pending.</param>
/// <param name="Duration">Seconds from a worker's taking it to its end.</param>
/// <param name="Analyse">Seconds of the scan; 0: the verdict was known.</param>
/// <param name="Worker">Who did it.</param>
/// <param name="Instance">The engine that gave the verdict.</param>
/// <param name="OriginalFilename">What its sender called it.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record JobAnswer(
    string Id,
    string Bucket,
    string Key,
    string Status,
    string? Virus,
    string? Details,
    DateTimeOffset Timestamp,
    double? Duration,
    double? Analyse,
    string? Worker,
    string? Instance,
    [property: JsonPropertyName("original_filename")] string OriginalFilename,
    string? Sha256,
    long? Size)
{
    public static JobAnswer Of(JobRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var (job, outcome) = (record.Job, record.Outcome);
        return new(
            job.Id,
            job.Bucket,
            record.Key,
            record.Status.Name(),
            outcome?.Signature,
            outcome?.Details,
            outcome?.FinishedAt ?? job.AcceptedAt,
            outcome?.WorkTime.TotalSeconds,
            outcome?.ScanTime.TotalSeconds,
            outcome?.Worker,
            outcome?.Engine,
            job.Name,
            outcome?.Sha256,
            outcome?.Size ?? job.Size);
    }
}
