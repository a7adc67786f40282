using System.Net;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Access;

/// <summary>Decides who may use ClamProxy, and whose choice of an upstream is honoured.</summary>
internal sealed class AccessControl(AccessOptions options, AccessMetrics metrics, TimeProvider clock, ILogger<AccessControl> logger)
{
    private readonly IPNetwork[] _trusted = [.. options.TrustedClients.Select(network => IPNetwork.Parse(network))];
    private volatile Tables _tables = new(
        options,
        new(options.ProxyCredentials, options, clock),
        new(options.ApiCredentials, options, clock),
        new(options.ManagementCredentials, options, clock));

    /// <summary>The challenges of a 401, one field each (RFC 9110 §11.6.1).</summary>
    public static readonly StringValues Challenges = new(["Basic realm=\"ClamProxy\", charset=\"UTF-8\"", "Bearer realm=\"ClamProxy\""]);

    private const string ProxyAuthorization = "Proxy-Authorization";
    private const string Authorization = "Authorization";

    /// <summary>From now on the credentials of these options are accepted and no others; requests that were let in go on.</summary>
    public void UseCredentials(AccessOptions others)
    {
        var before = _tables;
        _tables = new(
            others,
            Table(before.Proxy, before.Options.ProxyCredentials, others.ProxyCredentials),
            Table(before.Api, before.Options.ApiCredentials, others.ApiCredentials),
            Table(before.Management, before.Options.ManagementCredentials, others.ManagementCredentials));

        // A table remembers which passwords were right: one that stays the same is kept.
        CredentialTable Table(CredentialTable same, IReadOnlyList<string> old, IReadOnlyList<string> now) =>
            old.SequenceEqual(now) ? same : new(now, options, clock);
    }

    /// <summary>Whether Download-From and Cache-Scan are taken from this client.</summary>
    /// <param name="client">Null: nobody knows who it is.</param>
    public bool MayChooseSource(IPAddress? client)
    {
        if (IsTrusted(client))
        {
            return true;
        }

        metrics.RefusedSource();
        logger.SourceRefused(client?.ToString());
        return false;
    }

    /// <summary>The same, where nobody is to hear of it.</summary>
    public bool IsTrusted(IPAddress? client) =>
        _trusted.Length == 0
        || (client is not null && HostName.Unmapped(client) is var plain && Array.Exists(_trusted, network => network.Contains(plain)));

    /// <summary>Whether everybody is let in, for no credentials are configured.</summary>
    public bool IsOpen(AccessSurface surface) => TableOf(surface).IsOpen;

    /// <summary>
    /// Looks at a request's credentials. Proxy-Authorization is always for ClamProxy, and Authorization then for the upstream; without it,
    /// Authorization is for ClamProxy too, and taken off the request so that no upstream gets to see it.
    /// </summary>
    /// <param name="client">Who asks, as text; null: nobody knows.</param>
    public async ValueTask<Admission> AdmitAsync(
        AccessSurface surface, IHeaderDictionary headers, string? client, CancellationToken cancellationToken)
    {
        var table = TableOf(surface);
        if (table.IsOpen)
        {
            return new(AccessOutcome.Granted, null);
        }

        var admission = await CheckAsync(table, TakeOurs(headers), ClientNetwork.Of(client ?? ""), cancellationToken);
        Told(surface, admission.Outcome, client);
        return admission;
    }

    /// <summary>Looks at a request to the scan API: who is let in, and what they may do.</summary>
    /// <param name="address">The address that rights are given to; null: nobody knows.</param>
    /// <param name="client">Who asks, as text; null: nobody knows.</param>
    public async ValueTask<(Admission Admission, ApiRights Rights)> AdmitToApiAsync(
        IHeaderDictionary headers, IPAddress? address, string? client, CancellationToken cancellationToken)
    {
        var table = _tables.Api;
        if (table.IsOpen)
        {
            var isLocal = address is not null && HostName.Unmapped(address) is var plain
                && (IPAddress.IsLoopback(plain) || Array.Exists(_trusted, network => network.Contains(plain)));
            return (
                new(isLocal ? AccessOutcome.Granted : Told(AccessSurface.Api, AccessOutcome.Missing, client), null),
                isLocal ? ApiRights.Scan | ApiRights.Read | ApiRights.Delete : ApiRights.None);
        }

        var field = TakeOurs(headers);
        var admission = await CheckAsync(table, field, ClientNetwork.Of(client ?? ""), cancellationToken);
        Told(AccessSurface.Api, admission.Outcome, client);
        var given = admission.Outcome == AccessOutcome.Granted ? PresentedCredential.Parse(field.ToString()) : null;
        return (admission, given is null ? ApiRights.None : table.RightsOf(given));
    }

    private AccessOutcome Told(AccessSurface surface, AccessOutcome outcome, string? client)
    {
        if (outcome != AccessOutcome.Granted)
        {
            metrics.Refused(surface, outcome);
            if (outcome != AccessOutcome.Missing)
            {
                logger.CredentialsRefused(surface, outcome, client);
            }
        }

        return outcome;
    }

    private CredentialTable TableOf(AccessSurface surface) => surface switch
    {
        AccessSurface.Proxy => _tables.Proxy,
        AccessSurface.Management => _tables.Management,
        AccessSurface.Api => _tables.Api,
        AccessSurface.None => throw new InvalidOperationException("nothing is asked for"),
    };

    private static async ValueTask<Admission> CheckAsync(
        CredentialTable table, StringValues field, string client, CancellationToken cancellationToken)
    {
        return field switch
        {
            [] => new(AccessOutcome.Missing, null),
            [{ } only] when PresentedCredential.Parse(only) is { } given => await table.CheckAsync(given, client, cancellationToken),
            _ => new(AccessOutcome.Wrong, null),
        };
    }

    /// <summary>The credentials that a request shows us.</summary>
    public static StringValues Presented(IHeaderDictionary headers) =>
        headers[ProxyAuthorization] is { Count: > 0 } ours ? ours : headers[Authorization];

    /// <summary>The same; they are removed from it.</summary>
    public static StringValues TakeOurs(IHeaderDictionary headers)
    {
        var ours = Presented(headers);
        headers.Remove(ProxyAuthorization);

        // A client that sends the same in both means us with both.
        if (headers[Authorization] == ours)
        {
            headers.Remove(Authorization);
        }

        return ours;
    }

    /// <summary>All that is accepted at one moment.</summary>
    private sealed record Tables(AccessOptions Options, CredentialTable Proxy, CredentialTable Api, CredentialTable Management);
}
