using System.Text.Json;

namespace ClamProxy.Core.Buckets.Events;

/// <summary>
/// Reads what stores send of created objects: Amazon S3, MinIO and Ceph (<c>Records</c>), EventBridge (<c>detail</c>), each of them as it
/// is or inside a notification of SNS, and what MinIO puts into a list of Redis. One message may have several records.
/// </summary>
public static class EventReader
{
    /// <summary>SQS and SNS take 1 MiB at most; a webhook has its own limit.</summary>
    public const int MostBytes = 1 << 20;

    // An event inside a notification inside a notification.
    private const int MostEnvelopes = 3;
    private const int MostRecords = 1000;

    public static EventMessage Read(ReadOnlyMemory<byte> message)
    {
        if (message.Length > MostBytes)
        {
            return new EventMessage.Unreadable($"The message is larger than {MostBytes} bytes.");
        }

        try
        {
            using var json = JsonDocument.Parse(message);
            return Read(json.RootElement, MostEnvelopes);
        }
        catch (JsonException)
        {
            return new EventMessage.Unreadable("The message is not JSON.");
        }
    }

    private static EventMessage Read(JsonElement message, int envelopes)
    {
        if (message.ValueKind == JsonValueKind.Array)
        {
            return ReadAccesses(message);
        }

        if (message.ValueKind != JsonValueKind.Object)
        {
            return new EventMessage.Unreadable("The message is not a JSON object.");
        }

        if (message.Text("Type") == "Notification" && message.Text("Message") is { } inner)
        {
            return envelopes > 0 ? ReadText(inner, envelopes - 1) : new EventMessage.Unreadable("There are envelopes inside envelopes.");
        }

        if (message.Text("Type") is { } type && type.StartsWith("SubscriptionConfirmation", StringComparison.Ordinal))
        {
            return new EventMessage.Unrelated("a request to confirm a subscription");
        }

        if (message.Text("Event") == "s3:TestEvent")
        {
            return new EventMessage.Unrelated("the test of a new notification");
        }

        if (message.Member("detail") is { ValueKind: JsonValueKind.Object } detail && message.Text("detail-type") is { } detailType)
        {
            return detailType == "Object Created"
                ? BridgeRecord.Read(message, detail) is { } one
                    ? new EventMessage.Created([one with { Message = message.GetRawText() }])
                    : new EventMessage.Unreadable("The detail has no bucket.name and object.key.")
                : new EventMessage.Unrelated($"an event {Words(detailType)}");
        }

        return message.Member("Records") is { ValueKind: JsonValueKind.Array } records
            ? ReadRecords([.. records.EnumerateArray()])
            : new EventMessage.Unreadable("The message has neither Records nor detail nor a notification of SNS.");
    }

    private static EventMessage ReadText(string text, int envelopes)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return Read(json.RootElement, envelopes);
        }
        catch (JsonException)
        {
            return new EventMessage.Unreadable("The notification's Message is not JSON.");
        }
    }

    /// <summary>What MinIO's format <c>access</c> puts into a list of Redis: <c>[{"Event":[record],"EventTime":…}]</c>.</summary>
    private static EventMessage ReadAccesses(JsonElement accesses)
    {
        var records = new List<JsonElement>();
        foreach (var access in accesses.EnumerateArray())
        {
            if (access.Member("Event") is not { ValueKind: JsonValueKind.Array } events)
            {
                return new EventMessage.Unreadable("The message is a JSON array, and not one of objects with an Event.");
            }

            records.AddRange(events.EnumerateArray());
        }

        return ReadRecords(records);
    }

    private static EventMessage ReadRecords(List<JsonElement> records)
    {
        if (records.Count > MostRecords)
        {
            return new EventMessage.Unreadable($"The message has more than {MostRecords} records.");
        }

        var created = new List<ObjectEvent>();
        var others = new List<string>();
        foreach (var record in records)
        {
            var name = record.Text("eventName") ?? "";
            if (!StoreRecord.IsCreation(name))
            {
                others.Add(name);
            }
            else if (StoreRecord.Read(record) is { } one)
            {
                created.Add(one with { Message = $$"""{"Records":[{{record.GetRawText()}}]}""" });
            }
            else
            {
                return new EventMessage.Unreadable("A record has no s3.bucket.name and s3.object.key.");
            }
        }

        return created.Count > 0 ? new EventMessage.Created(created)
            : others.FirstOrDefault(name => name.Length > 0) is { } other ? new EventMessage.Unrelated($"an event {Words(other)}")
            : new EventMessage.Unreadable("The message has no record with an eventName.");
    }

    /// <summary>A name of somebody else's, as far as it is one.</summary>
    private static string Words(string name) =>
        string.Concat(name.Take(80).Where(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '*' or ' ' or '-'));
}
