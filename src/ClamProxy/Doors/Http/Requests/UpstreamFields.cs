using System.Collections.Frozen;
using ClamProxy.Core.Download;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Rewriting;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// Makes the header fields of a request to an upstream (decision 0042): a client's field goes there and selects the answer, or stays here. What goes there without
/// selecting is the same for all. So requests that share an answer are the same, byte for byte.
/// </summary>
internal sealed class UpstreamFields(HttpDoorOptions options, ViaLoop via, ClientAddress client)
{
    private const string ForwardedFor = "X-Forwarded-For";

    /// <summary>The fields by which servers of files choose among their answers, and those that ask about a copy (RFC 9110 §12.5, §13.1).</summary>
    private static readonly FrozenSet<string> Selecting = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Accept", "Accept-Language", "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since");

    /// <param name="context">The client's request.</param>
    /// <param name="route">Whose own upstream is asked; null: the client has named the upstream.</param>
    /// <param name="rewriting">What becomes of links in the answer.</param>
    /// <param name="isPrivate">Whether one of the fields shows who the client is.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Of(HttpContext context, ProxyRouteOptions? route, LinkRewriting? rewriting, out bool isPrivate)
    {
        var incoming = context.Request.Headers;
        var endsHere = HopByHop.NamedBy(incoming.Connection);
        var fields = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        isPrivate = false;
        foreach (var (name, values) in incoming)
        {
            if (RequestFields.StaysHere(name) || HopByHop.EndsHere(name, endsHere) || (rewriting is not null && RequestFields.IsWeighedWithLinks(name)))
            {
                continue;
            }

            var isCredential = IsCredential(name, values);
            if ((isCredential || Selecting.Contains(name) || IsNamed(name, route)) && Value(name, values, route) is { } value)
            {
                fields[name] = value;
                isPrivate |= isCredential;
            }
        }

        if (IsNamed(ForwardedFor, route))
        {
            fields[ForwardedFor] = Joined(incoming[ForwardedFor].Append(client.Of(context)), ", ");
        }

        if (rewriting?.Tags.ToUpstream(incoming.IfNoneMatch) is { } tags)
        {
            fields["If-None-Match"] = tags;
        }

        fields.TryAdd(FixedFields.UserAgent.Key, FixedFields.UserAgent.Value);
        fields[FixedFields.AcceptEncoding.Key] = FixedFields.AcceptEncoding.Value;
        fields["Via"] = via.Onward(incoming.Via);
        return [.. fields];
    }

    private bool IsCredential(string name, StringValues values) =>
        options.CredentialFields.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (!RequestFields.StaysUnlessNamed(name) && (CredentialFields.Contain(name) || values.Any(value => CredentialFields.HasForm(value ?? ""))));

    /// <summary>Whether the operator wants a field to go upstream.</summary>
    private bool IsNamed(string name, ProxyRouteOptions? route) =>
        options.ForwardedFields.Contains(name, StringComparer.OrdinalIgnoreCase) || route?.ForwardedFields.Contains(name, StringComparer.OrdinalIgnoreCase) == true;

    private string? Value(string name, StringValues values, ProxyRouteOptions? route) => name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
        ? CookieOf(Joined(values, "; "), route)
        : Joined(values, ", ");

    /// <summary>Of a route's cookies those that its upstream has set: a client that sees one host sends all that were set under it.</summary>
    private string? CookieOf(string cookies, ProxyRouteOptions? route) => route is null || IsNamed("Cookie", route) ? cookies : RouteCookies.SetBy(route, cookies);

    private static string Joined(IEnumerable<string?> values, string separator) => string.Join(separator, values);
}
