using System.Globalization;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>What came over a connection, one Latin-1 character for each byte.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Fields, string Body)
{
    public string? this[string field] => Fields.GetValueOrDefault(field);

    public static RawAnswer OfHead(string head)
    {
        var lines = head.Split("\r\n");
        var fields = lines[1..].Select(line => line.Split(':', 2)).ToLookup(
            field => field[0], field => field[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return new RawAnswer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            fields.ToDictionary(field => field.Key, field => string.Join(", ", field), StringComparer.OrdinalIgnoreCase),
            "");
    }

    /// <summary>What two servers have to agree on when they send a file or parts of it; the boundary is each one's own.</summary>
    public string AsRange()
    {
        const string Multipart = "multipart/byteranges; boundary=";
        var head = $"{Status} {this["Content-Range"]}\n";
        if (Status == 416)
        {
            return head;
        }

        if (this["Content-Type"] is not { } type || !type.StartsWith(Multipart, StringComparison.Ordinal))
        {
            return $"{head}{this["Content-Type"]}\n{Body}";
        }

        // nginx begins with an empty line, which is not part of the first part.
        var parts = Body.StartsWith("\r\n", StringComparison.Ordinal) ? Body[2..] : Body;
        return $"{head}multipart\n{parts.Replace("--" + type[Multipart.Length..], "--boundary", StringComparison.Ordinal)}";
    }
}
