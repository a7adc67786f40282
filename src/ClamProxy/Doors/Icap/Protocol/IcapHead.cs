using System.Globalization;

namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>The head of an ICAP request (RFC 3507 §4.3).</summary>
/// <param name="Method">REQMOD, RESPMOD or OPTIONS.</param>
/// <param name="Service">The path of its URI without slashes around it, such as <c>respmod</c>.</param>
/// <param name="Fields">Its header fields.</param>
internal sealed record IcapHead(string Method, string Service, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public const string RequestModification = "REQMOD";
    public const string ResponseModification = "RESPMOD";
    public const string Options = "OPTIONS";

    private const string Version = "ICAP/1.0";

    /// <summary>How many bytes come before the client waits for 100; null: it sends the body at once.</summary>
    public int? Preview { get; private init; }

    /// <summary>Whether an unmodified message may be answered by 204 outside of a preview too.</summary>
    public bool AllowsNoContent { get; private init; }

    /// <summary>Whether the client takes trailers: squid does, and no application that has its own files scanned.</summary>
    public bool AllowsTrailers { get; private init; }

    /// <summary>Whether the client sends nothing after this request.</summary>
    public bool ClosesConnection { get; private init; }

    public string? First(string name)
    {
        foreach (var (key, value) in Fields)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <param name="head">Up to its empty line.</param>
    /// <param name="fault">Why it cannot be answered; null: it was read.</param>
    /// <remarks>
    /// Transfer-Encoding, which ICAP does not have (§4.4), is passed over: Nextcloud sends it, and bodies are chunked in any case.
    /// </remarks>
    public static IcapHead? Parse(ReadOnlySpan<byte> head, out IcapFault? fault)
    {
        if (FieldLines.Read(head, isStrict: true) is not var (line, fields))
        {
            fault = IcapFault.BadRequest("The head is not one of ICAP: lines end with CR LF, and each field has a name and a colon.");
            return null;
        }

        if (line.Split(' ') is not [var method, var uri, var version])
        {
            fault = IcapFault.BadRequest("The first line is not like RESPMOD icap://host/respmod ICAP/1.0.");
            return null;
        }

        fault = version != Version
                ? version.StartsWith("ICAP/", StringComparison.Ordinal) ? new(505, $"{Version} is spoken here.")
                    : IcapFault.BadRequest($"The first line does not end with {Version}.")
            : method is not (RequestModification or ResponseModification or Options)
                ? new(501, "The methods are OPTIONS, REQMOD and RESPMOD.")
            : null;
        var service = fault is null ? ServiceOf(uri) : null;
        fault ??= service is null ? IcapFault.BadRequest("The request's URI is not like icap://host:1344/respmod.") : null;
        return fault is null ? Read(method, service!, fields, out fault) : null;
    }

    private static IcapHead? Read(
        string method, string service, IReadOnlyList<KeyValuePair<string, string>> fields, out IcapFault? fault)
    {
        var head = new IcapHead(method, service, fields);
        int? preview = null;
        if (head.First("Preview") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                fault = IcapFault.BadRequest("Preview is no number of bytes.");
                return null;
            }

            preview = bytes;
        }

        fault = null;
        return head with
        {
            Preview = preview,
            AllowsNoContent = head.Has("Allow", "204"),
            AllowsTrailers = head.Has("Allow", "trailers"),
            ClosesConnection = head.Has("Connection", "close"),
        };
    }

    /// <summary>Whether one of a field's members is this one.</summary>
    private bool Has(string name, string member) => Fields.Any(field =>
        field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)
        && field.Value.Split(',', StringSplitOptions.TrimEntries).Contains(member, StringComparer.OrdinalIgnoreCase));

    /// <summary>The path without query and slashes. A path alone is taken too.</summary>
    private static string? ServiceOf(string uri)
    {
        var path = uri;
        if (!uri.StartsWith('/'))
        {
            const string Scheme = "icap://", SecureScheme = "icaps://";
            var start = uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Scheme.Length
                : uri.StartsWith(SecureScheme, StringComparison.OrdinalIgnoreCase) ? SecureScheme.Length
                : 0;
            if (start == 0 || start == uri.Length || uri[start] is '/' or '?')
            {
                return null;
            }

            var slash = uri.IndexOf('/', start);
            path = slash < 0 ? "" : uri[slash..];
        }

        var query = path.IndexOf('?', StringComparison.Ordinal);
        return (query < 0 ? path : path[..query]).Trim('/');
    }
}
