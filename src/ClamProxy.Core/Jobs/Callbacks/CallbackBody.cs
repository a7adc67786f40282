using System.Text.Json;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>What a callback says (Standard Webhooks 1.0.0: type, timestamp, data).</summary>
/// <param name="Type">Always <c>scan.finished</c>.</param>
/// <param name="Timestamp">When the job ended.</param>
/// <param name="Data">Its result, as <c>GET /result/{id}</c> answers.</param>
internal sealed record CallbackBody(string Type, DateTimeOffset Timestamp, JobAnswer Data)
{
    /// <summary>
    /// Characters of each text that others chose: escaped as JSON (6 bytes for one) all of them together stay below the 20 kB that Standard
    /// Webhooks advises.
    /// </summary>
    private const int MostDetails = 1500;
    private const int MostOther = 300;

    /// <param name="record">Of a job with an outcome.</param>
    public static byte[] Of(JobRecord record)
    {
        var data = JobAnswer.Of(record);
        data = data with
        {
            Details = Cut(data.Details, MostDetails),
            Virus = Cut(data.Virus, MostOther),
            Key = Cut(data.Key, MostOther)!,
            Instance = Cut(data.Instance, MostOther),
            Worker = Cut(data.Worker, MostOther),
            OriginalFilename = Cut(data.OriginalFilename, MostOther)!,
        };
        return JsonSerializer.SerializeToUtf8Bytes(new("scan.finished", data.Timestamp, data), CallbackJson.Default.CallbackBody);
    }

    private static string? Cut(string? text, int most) => text?.Length > most ? string.Concat(text.AsSpan(0, most), "...") : text;
}
