using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClamProxy.Management;

/// <summary>The JSON of /readyz.</summary>
internal static class ReadinessWriter
{
    // A plus sign or a quote reads as itself: the answer is read with curl, and is never part of a page.
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the report; ages are seconds before <paramref name="now"/>.</summary>
    public static byte[] Write(ReadinessReport report, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Layout))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", report.IsReady);
            json.WriteString("problem", report.Problem);
            json.WriteStartArray("scanners");
            foreach (var scanner in report.Scanners)
            {
                Write(json, scanner, now);
            }

            json.WriteEndArray();
            if (report.Workers is { } workers)
            {
                Write(json, workers, now);
            }

            json.WriteStartObject("store");
            json.WriteString("name", report.Store.Name);
            json.WriteBoolean("available", report.Store.IsAvailable);
            json.WriteString("problem", report.Store.Problem);
            json.WriteEndObject();
            if (report.Queue is { } queue)
            {
                json.WriteStartObject("queue");
                json.WriteBoolean("available", queue.Problem is null);
                json.WriteString("problem", queue.Problem);
                json.WriteEndObject();
            }

            if (report.Buckets.Count > 0)
            {
                json.WriteStartArray("buckets");
                foreach (var flow in report.Buckets)
                {
                    json.WriteStartObject();
                    json.WriteString("flow", flow.Flow);
                    json.WriteString("problem", flow.Problem);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            if (report.Events.Count > 0)
            {
                json.WriteStartArray("events");
                foreach (var target in report.Events)
                {
                    json.WriteStartObject();
                    json.WriteString("target", target.Target);
                    json.WriteNumber("waiting", target.Waiting);
                    json.WriteNumber("oldestAgeSeconds", (long)target.OldestAge.TotalSeconds);
                    json.WriteString("problem", target.Problem);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteStartArray("disks");
            foreach (var disk in report.Disks)
            {
                json.WriteStartObject();
                json.WriteString("use", disk.Use);
                json.WriteString("path", disk.Path);
                json.WriteString("problem", disk.Problem);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (report.Objects is { } objects)
            {
                json.WriteStartObject("objects");
                json.WriteString("name", objects.Name);
                json.WriteString("problem", objects.Problem);
                json.WriteEndObject();
            }

            if (report.Configuration is { } configuration)
            {
                json.WriteStartObject("configuration");
                json.WriteString("loadedAt", configuration.LoadedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null));
                json.WriteString("problem", configuration.Problem);
                json.WriteEndObject();
            }

            json.WriteStartObject("connections");
            json.WriteNumber("open", report.Connections.Open);
            json.WriteNumber("most", report.Connections.Most);
            json.WriteEndObject();
            json.WriteStartArray("foreignLinks");
            foreach (var link in report.ForeignLinks)
            {
                json.WriteStartObject();
                json.WriteString("route", link.Route);
                json.WriteString("host", link.Host);
                json.WriteNumber("secondsAgo", (long)(now - link.Latest).TotalSeconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ScannerReadiness scanner, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("endpoint", scanner.Endpoint);
        json.WriteBoolean("up", scanner.IsUp);
        json.WriteBoolean("trusted", scanner.IsTrusted);
        json.WriteBoolean("drained", scanner.IsDrained);
        json.WriteString("version", scanner.Version);
        Write(json, "database", scanner.Database);
        json.WriteString("databaseDate", scanner.DatabaseDate?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null));
        Write(json, "signatureAgeSeconds", scanner.DatabaseDate is { } made ? (long)(now - made).TotalSeconds : null);
        Write(json, "trustedSize", scanner.TrustedSize);
        json.WriteString(
            "encryptedArchives",
            scanner.TellsEncrypted switch { true => "reported", false => "passed: set AlertEncrypted yes in clamd.conf", null => null });
        json.WriteString(
            "problem",
            scanner.Problem ?? (scanner.IsTooOld ? "its signatures are older than SIGNATURE_MAX_AGE: has freshclam run?" : null));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, WorkersReadiness workers, DateTimeOffset now)
    {
        json.WriteString("scanBy", "workers");
        json.WriteString("workersProblem", workers.Trouble);
        json.WriteStartArray("workers");
        foreach (var worker in workers.Workers)
        {
            json.WriteStartObject();
            json.WriteString("name", worker.Name);
            json.WriteBoolean("up", worker.MayWork);
            json.WriteString("version", worker.Engine);
            Write(json, "database", worker.Database);
            Write(json, "signatureAgeSeconds", worker.DatabaseDate is { } made ? (long)(now - made).TotalSeconds : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
