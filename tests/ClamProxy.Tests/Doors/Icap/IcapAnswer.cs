using System.Globalization;
using System.Text;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>An ICAP answer as a client reads it, byte for byte.</summary>
/// <param name="Head">Its own head, with the empty line.</param>
/// <param name="HttpHead">The HTTP head in it; empty: none.</param>
/// <param name="Body">The body, without chunks; null: none.</param>
internal sealed record IcapAnswer(string Head, string HttpHead, byte[]? Body)
{
    public int Status => int.Parse(Head.AsSpan("ICAP/1.0 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Null: there is no such field.</summary>
    public string? this[string name] => Lines
        .Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..]).SingleOrDefault();

    public string HttpStatus => HttpHead.Split("\r\n")[0];

    public string Text => Encoding.UTF8.GetString(Body ?? []);

    public IReadOnlyList<string> Lines => Head.Split("\r\n");

    /// <summary>The names of its fields, in their order.</summary>
    public IEnumerable<string> Names =>
        Lines.Skip(1).Where(line => line.Length > 0).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);
}
