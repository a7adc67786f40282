using System.Buffers;
using System.Text;

namespace ClamProxy.Doors.Http.Pipelining;

/// <summary>
/// The head of a GET that waits behind another request on its connection. It is read strictly: whatever two readers might read differently,
/// what has a body or asks for more than an answer is none, and waits until the server reads it.
/// </summary>
/// <param name="Target">The path and query, as sent.</param>
/// <param name="Fields">Its header fields.</param>
internal sealed record WaitingHead(string Target, IHeaderDictionary Fields)
{
    /// <summary>A longer one is none; apt's have 200 bytes, browsers' 1 KiB.</summary>
    public const int MostBytes = 8 << 10;

    /// <summary>What the server takes too.</summary>
    private const int MostFields = 100;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<byte> OfNames =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> OfHosts =
        SearchValues.Create("-.:[]_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> OfTargets = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Where(code => code != '#').Select(code => (byte)code)]);

    private static readonly SearchValues<byte> OfValues =
        SearchValues.Create([(byte)'\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (byte)code)]);

    private static readonly string[] NotOfPlainGets =
        ["Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Trailer", "TE", "HTTP2-Settings"];

    /// <param name="head">All of it, without the empty line at its end.</param>
    /// <returns>Null: it is not such a head.</returns>
    public static WaitingHead? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length > MostBytes || TargetOf(NextLine(ref head)) is not { } target)
        {
            return null;
        }

        var fields = new HeaderDictionary();
        for (var count = 0; head.Length > 0; count++)
        {
            if (count == MostFields || !TryAdd(fields, NextLine(ref head)))
            {
                return null;
            }
        }

        return IsPlain(fields) ? new WaitingHead(target, fields) : null;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> left)
    {
        var end = left.IndexOf(LineEnd);
        var line = end < 0 ? left : left[..end];
        left = end < 0 ? [] : left[(end + LineEnd.Length)..];
        return line;
    }

    private static string? TargetOf(ReadOnlySpan<byte> line)
    {
        var method = "GET "u8;
        var version = " HTTP/1.1"u8;
        if (line.Length <= method.Length + version.Length || !line.StartsWith(method) || !line.EndsWith(version))
        {
            return null;
        }

        var target = line[method.Length..^version.Length];
        // The server refuses a target with a zero byte in it.
        return target[0] == '/' && !target.ContainsAnyExcept(OfTargets) && target.IndexOf("%00"u8) < 0
            ? Encoding.ASCII.GetString(target)
            : null;
    }

    private static bool TryAdd(IHeaderDictionary fields, ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(OfNames))
        {
            return false;
        }

        var name = Encoding.ASCII.GetString(line[..colon]);
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAnyExcept(OfValues) || (IsHost(name) && (value.IsEmpty || value.ContainsAnyExcept(OfHosts))))
        {
            return false;
        }

        fields.Append(name, Encoding.ASCII.GetString(value));
        return true;
    }

    private static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it has one host and no body, asks for nothing but an answer, and leaves the connection as it is.</summary>
    private static bool IsPlain(IHeaderDictionary fields) =>
        fields.Host.Count == 1
        && !Array.Exists(NotOfPlainGets, fields.ContainsKey)
        && (fields.Connection.Count == 0 || "keep-alive".Equals(fields.Connection.ToString(), StringComparison.OrdinalIgnoreCase));
}
