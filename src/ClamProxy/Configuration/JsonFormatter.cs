using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClamProxy.Core.Requests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClamProxy.Configuration;

/// <summary>
/// One JSON object for each entry, with the members of the framework's JSON form (Microsoft.Extensions.Logging.Console), and
/// <c>trace_id</c> and <c>span_id</c> as OpenTelemetry names them outside its own protocol: the framework's would show them inside of
/// scopes only. <c>request_id</c> is there where the entry belongs to a request.
/// </summary>
internal sealed class JsonFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "clamproxy-json";

    private const int KeptBytes = 16 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var (buffer, json) = (_buffer ??= new(), _json ??= new Utf8JsonWriter(_buffer));
        try
        {
            json.WriteStartObject();
            json.WriteString("Timestamp", clock.GetUtcNow().UtcDateTime.ToString(LineFormatter.TimeFormat, CultureInfo.InvariantCulture));
            json.WriteNumber("EventId", logEntry.EventId.Id);
            json.WriteString("LogLevel", logEntry.LogLevel.ToString());
            json.WriteString("Category", logEntry.Category);
            json.WriteString("Message", message);
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("Exception", exception.ToString());
            }

            if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
            {
                json.WriteString("trace_id", activity.TraceId.ToHexString());
                json.WriteString("span_id", activity.SpanId.ToHexString());
            }

            if (RequestId.Current is { } request)
            {
                json.WriteString("request_id", request);
            }

            WriteState(json, logEntry.State, message);
            json.WriteEndObject();
            json.Flush();
            textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
            textWriter.Write('\n');
        }
        finally
        {
            // A long entry's memory is not kept.
            (_buffer, _json) = buffer.Capacity > KeptBytes ? (null, null) : (buffer, json);
            buffer.ResetWrittenCount();
            json.Reset();
        }
    }

    private static void WriteState<TState>(Utf8JsonWriter json, TState state, string message)
    {
        if (state is null)
        {
            return;
        }

        json.WriteStartObject("State");
        json.WriteString("Message", message);
        foreach (var (name, value) in state as IReadOnlyCollection<KeyValuePair<string, object?>> ?? [])
        {
            WriteValue(json, name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
