using System.Text.Json;

namespace ClamProxy.Problems;

/// <summary>A problem as RFC 9457 has it, with the members that package clients print.</summary>
internal static class ProblemJson
{
    public static byte[] Render(Problem problem)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", Problem.TypePrefix + problem.Kind);
            json.WriteString("title", problem.Title);
            json.WriteNumber("status", problem.Status);
            json.WriteString("detail", problem.Detail);
            foreach (var (name, value) in problem.Members)
            {
                json.WriteString(name, value);
            }

            if (problem.RequestId is { } request)
            {
                json.WriteString("requestId", request);
            }

            if (problem.TraceId is { } trace)
            {
                json.WriteString("traceId", trace);
            }

            json.WriteString("error", problem.Message);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
