using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>What our messages say beside their shape.</summary>
internal static class KafkaHeaders
{
    /// <summary>On a job of ours: how often it was taken before.</summary>
    public const string Attempts = "clamproxy-attempts";

    /// <summary>When it may be taken, in milliseconds since 1970.</summary>
    public const string DueAt = "clamproxy-due";

    /// <summary>On a dead letter: why it is no job.</summary>
    public const string Reason = "clamproxy-reason";

    /// <summary>On a dead letter: its topic, partition and offset.</summary>
    public const string From = "clamproxy-from";

    /// <summary>On a dead letter that was cut: how many bytes it had.</summary>
    public const string Size = "clamproxy-size";

    public static Dictionary<string, string> OfJob(int attempts, DateTimeOffset? dueAt)
    {
        var headers = new Dictionary<string, string> { [Attempts] = Text(attempts) };
        if (dueAt is { } due)
        {
            headers[DueAt] = Text(due.ToUnixTimeMilliseconds());
        }

        return headers;
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <returns>Null: there is no such header with a number from 0 to the most.</returns>
    public static long? Number(Headers? headers, string name, long most) =>
        headers is not null && headers.TryGetLastBytes(name, out var bytes)
        && long.TryParse(Encoding.UTF8.GetString(bytes ?? []), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= most
            ? number
            : null;
}
