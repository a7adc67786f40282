using System.Collections.Frozen;
using ClamProxy.Connections;
using ClamProxy.Core.Download;
using ClamProxy.Core.Requests;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Rewriting;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// Makes the header fields of a request to an upstream: a client's field goes there and may select the answer, or stays here (decision
/// 0042). Of what goes there, credentials and what an operator names always select, and neutral fields where an answer's Vary names them
/// (decision 0052). What goes there beside is the same for all.
/// </summary>
internal sealed class UpstreamFields(HttpDoorOptions options, ViaLoop via, ClientAddress client)
{
    private const string ForwardedFor = "X-Forwarded-For";

    /// <summary>
    /// The fields by which servers of files choose among their answers, and those that ask about a copy (RFC 9110 §12.5, §13.1).
    /// </summary>
    private static readonly FrozenSet<string> Asking = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        NegotiatedFields.Accept,
        NegotiatedFields.AcceptLanguage,
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Unmodified-Since");

    /// <param name="context">The client's request.</param>
    /// <param name="route">Whose own upstream is asked; null: the client has named the upstream.</param>
    /// <param name="rewriting">How links in the answer are rewritten.</param>
    /// <param name="takesCodings">Whether its answer may be coded: where it is, this proxy decodes it for clients that do not.</param>
    /// <param name="replaced">A field that ClamProxy fills itself; the client's own stays here. Null: none.</param>
    public SentFields Of(HttpContext context, ProxyRouteOptions? route, LinkRewriting? rewriting, bool takesCodings, string? replaced)
    {
        var incoming = context.Request.Headers;
        var endsHere = HopByHop.NamedBy(incoming.Connection);
        var fields = new List<KeyValuePair<string, string>>();
        var isPrivate = false;
        foreach (var (name, values) in incoming)
        {
            if (RequestFields.StaysHere(name)
                // It goes upstream beside the fields that select, whatever an operator lists.
                || name.Equals(RequestId.Field, StringComparison.OrdinalIgnoreCase)
                || name.Equals(replaced, StringComparison.OrdinalIgnoreCase)
                || HopByHop.EndsHere(name, endsHere)
                || (rewriting is not null && RequestFields.IsWeighedWithLinks(name)))
            {
                continue;
            }

            var isCredential = IsCredential(name, values);
            if ((isCredential || Asking.Contains(name) || IsNamed(name, route)) && Value(name, values, route) is { } value)
            {
                Set(fields, name, value);
                isPrivate |= isCredential;
            }
        }

        if (IsNamed(ForwardedFor, route))
        {
            Set(fields, ForwardedFor, string.Join(", ", incoming[ForwardedFor].Append(client.Of(context))));
        }

        if (rewriting?.Tags.ToUpstream(incoming.IfNoneMatch) is { } tags)
        {
            Set(fields, "If-None-Match", tags);
        }

        if (PlaceOf(fields, FixedFields.UserAgent.Key) < 0)
        {
            fields.Add(FixedFields.UserAgent);
        }

        var codings = takesCodings ? FixedFields.AcceptCodings : FixedFields.AcceptEncoding;
        Set(fields, codings.Key, codings.Value);
        Set(fields, "Via", via.Onward(incoming.Via));
        fields.Sort(static (one, other) => StringComparer.OrdinalIgnoreCase.Compare(one.Key, other.Key));
        return new(fields, isPrivate, NeutralOf(fields, route));
    }

    /// <summary>Gives a field a value; its name stays as it was first written.</summary>
    private static void Set(List<KeyValuePair<string, string>> fields, string name, string value)
    {
        var place = PlaceOf(fields, name);
        if (place < 0)
        {
            fields.Add(new(name, value));
        }
        else
        {
            fields[place] = new(fields[place].Key, value);
        }
    }

    private static int PlaceOf(List<KeyValuePair<string, string>> fields, string name)
    {
        for (var place = 0; place < fields.Count; place++)
        {
            if (fields[place].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return place;
            }
        }

        return -1;
    }

    private IReadOnlyList<string> NeutralOf(List<KeyValuePair<string, string>> fields, ProxyRouteOptions? route) =>
        [.. NegotiatedFields.Names.Where(name => !IsNamed(name, route) && IsOrdinary(fields, name)).Union(
            options.NeutralFields, StringComparer.OrdinalIgnoreCase)];

    private static bool IsOrdinary(List<KeyValuePair<string, string>> fields, string name) =>
        PlaceOf(fields, name) is not (>= 0 and var place) || NegotiatedFields.IsOrdinary(name, fields[place].Value);

    private bool IsCredential(string name, StringValues values) =>
        !options.NeutralFields.Contains(name, StringComparer.OrdinalIgnoreCase) && MayBeCredential(name, values);

    private bool MayBeCredential(string name, StringValues values) =>
        options.CredentialFields.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (!RequestFields.StaysUnlessNamed(name) && (CredentialFields.Contain(name) || HasForm(values)));

    private static bool HasForm(StringValues values)
    {
        foreach (var value in values)
        {
            if (CredentialFields.HasForm(value ?? ""))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the operator wants a field to go upstream.</summary>
    private bool IsNamed(string name, ProxyRouteOptions? route) =>
        options.ForwardedFields.Contains(name, StringComparer.OrdinalIgnoreCase)
            || route?.ForwardedFields.Contains(name, StringComparer.OrdinalIgnoreCase) == true;

    private string? Value(string name, StringValues values, ProxyRouteOptions? route) =>
        name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
        ? CookieOf(Joined(values, "; "), route)
        : Joined(values, ", ");

    /// <summary>
    /// Of a route's cookies those that its upstream has set: a client that sees one host sends all that were set under it.
    /// </summary>
    private string? CookieOf(string cookies, ProxyRouteOptions? route) =>
        route is null || IsNamed("Cookie", route) ? cookies : RouteCookies.SetBy(route, cookies);

    private static string Joined(StringValues values, string separator) =>
        values is [{ } only] ? only : string.Join(separator, (IEnumerable<string?>)values);
}
