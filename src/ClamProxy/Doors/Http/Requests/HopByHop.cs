using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>The header fields that are about one connection, not about the message (RFC 9110 §7.6.1).</summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Fields = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Expect");

    /// <summary>
    /// Whether a field ends here: one of the standard's, any that is about a proxy, or one that this message's Connection field names.
    /// </summary>
    public static bool EndsHere(string field, string[] namedByConnection) =>
        Fields.Contains(field)
        || field.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
        || (namedByConnection.Length > 0 && namedByConnection.Contains(field, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether a member of Connection is about the connection itself and names no field.</summary>
    public static bool IsOption(string member) => member.Equals("close", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a Connection field says that the connection ends behind the answer.</summary>
    public static bool EndsConnection(StringValues connection) => Array.Exists(NamedBy(connection), IsOption);

    /// <summary>What a Connection field names beyond what ends here anyway; most say keep-alive and no more.</summary>
    public static string[] NamedBy(StringValues connection) => connection switch
    {
        [] => [],
        [{ } only] when Fields.Contains(only) => [],
        _ => connection.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };
}
