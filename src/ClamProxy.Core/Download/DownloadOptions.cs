using System.Security.Cryptography;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Core.Settings;
using ClamProxy.Core.Tls;

namespace ClamProxy.Core.Download;

/// <summary>Which upstreams may be reached, and how long they may take.</summary>
public sealed class DownloadOptions : ISettings
{
    private const double Day = 24 * 60 * 60;
    private const string ProxyTaken = "takes http://[user:password@]host[:port], or environment (HTTP_PROXY and HTTPS_PROXY take the same)";

    public static string Section => "Download";

    /// <summary>
    /// Unset: any public host on ports 80 and 443. Set: these only, on any port where an entry names none. Private and loopback
    /// addresses need a listed CIDR or an exact listed host; link-local, metadata and reserved ones a listed CIDR. A CIDR lists
    /// everything inside it: <c>0.0.0.0/0</c> lists the metadata addresses too.
    /// </summary>
    [Setting("takes host[:port], *.host[:port] or CIDR, such as pypi.org,*.example.org:8443,10.1.0.0/16", Variable = "ALLOWED_UPSTREAMS")]
    public IReadOnlyList<string> AllowedUpstreams { get; set; } = [];

    /// <summary>Name look-up, TCP and TLS handshake of one attempt. 10 s: Linux sends its SYNs at 0, 1, 3 and 7 s.</summary>
    [Setting("takes a time from 0.05 s to 5 minutes, such as 00:00:10", Min = 0.05, Max = 300)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one of several addresses is waited for, TLS handshake included, before the next one is tried beside it. 250 ms (RFC 8305
    /// §8).
    /// </summary>
    [Setting("takes a time from 0.01 s to 10 s, such as 00:00:00.250", Min = 0.01, Max = 10)]
    public TimeSpan NextAddressAfter { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a new plain HTTP connection to one of several addresses may stay silent after the request was sent; then the request is
    /// sent again to another address, if Retries are left. 5 s: a sixth of HeaderTimeout, so that two silent addresses leave time for a
    /// third.
    /// </summary>
    [Setting("takes a time from 0.05 s to 1 hour, such as 00:00:05", Min = 0.05, Max = 3600)]
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an address that failed, stayed silent or was slower than another one of its upstream is tried last. 10 minutes: an outage
    /// of one address then costs NextAddressAfter once in that time.
    /// </summary>
    [Setting("takes a time from 0 to 1 day, such as 00:10:00", Min = 0, Max = Day)]
    public TimeSpan AvoidAddressFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>From the request to the final answer's head, every attempt and redirect together. 30 s, as apt and cargo wait.</summary>
    [Setting("takes a time from 0.05 s to 1 hour, such as 00:00:30", Min = 0.05, Max = 3600)]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence inside a body. 30 s, as apt and cargo wait.</summary>
    [Setting("takes a time from 0.05 s to 1 hour, such as 00:00:30", Min = 0.05, Max = 3600)]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A whole body. 1 h moves 2 GB (clamd's largest file) at 0.6 MB/s; it ends an upstream that drips.</summary>
    [Setting("takes a time from 0.05 s to 1 day, such as 01:00:00", Min = 0.05, Max = Day)]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The slowest an upstream may send a body, in bytes a second, over each 30 s that it was waited for; a slower one is given up.
    /// Default: 1 KiB/s, a hundred times what cargo demands and a fortieth of a bad mobile line; 0: any that is not silent.
    /// </summary>
    [Setting("takes bytes from 0 (any) to 1G", Bytes = true, Min = 0, Max = 1 << 30)]
    public long MinUpstreamRate { get; set; } = 1 << 10;

    /// <summary>
    /// Flights (downloads with their scans) from one upstream host at once, wherever redirects lead; a further one is answered "too much
    /// work". Default: 256, half of MaxFlights: an upstream that drips leaves as much to the others.
    /// </summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxFlightsPerUpstream { get; set; } = 256;

    /// <summary>
    /// Flights that one client has begun at once (an IPv6 client is its /64); a further one is answered "too much work". Files that are
    /// shared or known already do not count. Default: 256, half of MaxFlights; behind a proxy that TRUSTED_PROXIES does not name, all its
    /// clients are one.
    /// </summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxFlightsPerClient { get; set; } = 256;

    /// <summary>
    /// How often a request is sent again after the transport failed before an answer's head: after about 100 ms, 200 ms and so on.
    /// 2: one for a connection closed at the wrong moment, one for bad luck; more keeps a client waiting for a dead server.
    /// </summary>
    [Setting("takes a number from 0 to 10", Min = 0, Max = 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Redirects followed for one request. 10, the contract's number; package hosts use 1 to 3.</summary>
    [Setting("takes a number from 0 to 50", Min = 0, Max = 50)]
    public int MaxRedirects { get; set; } = 10;

    /// <summary>
    /// Whether a redirect may lead from https to http, as some mirror networks' do. Off: whoever is on the path could change the file.
    /// </summary>
    [Setting("takes true or false")]
    public bool AllowDowngrade { get; set; }

    /// <summary>HTTP/1.1 connections to one host and port. 64: twice the 32 clients that the load measurements use.</summary>
    [Setting("takes a number from 1 to 10000", Min = 1, Max = 10000)]
    public int MaxConnectionsPerUpstream { get; set; } = 64;

    /// <summary>How long a connection is reused before its name is looked up and checked again. 2 minutes, as IHttpClientFactory.</summary>
    [Setting("takes a time from 1 s to 1 day, such as 00:02:00", Min = 1, Max = Day)]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of one answer's head, in steps of 1024. 64 KiB, the HTTP client's default.</summary>
    [Setting("takes a number of bytes from 4K to 1M", Min = 4096, Max = 1024 * 1024, Bytes = true)]
    public int MaxHeaderBytes { get; set; } = 64 * 1024;

    /// <summary>A PEM file of root certificates trusted beside the system's: an internal mirror's CA.</summary>
    [Setting("takes the path of a PEM file with certificates")]
    public string? ExtraRootCertificates { get; set; }

    /// <summary>A PEM file with the certificate that every upstream is shown that asks for one. A route's own wins.</summary>
    [Setting(UpstreamIdentity.CertificateTaken)]
    public string? ClientCertificate { get; set; }

    /// <summary>A PEM file with its private key, without a password. Default: it is in ClientCertificate's file.</summary>
    [Setting("takes the path of a readable PEM file with the private key of ClientCertificate")]
    public string? ClientKey { get; set; }

    /// <summary>
    /// The HTTP proxy that upstreams are asked through; "environment": as HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say. The proxy
    /// then resolves names, and addresses that it finds are not judged here. Default: unset, those variables have no effect.
    /// </summary>
    /// <remarks>Holds a password: never logged or shown.</remarks>
    [Setting(ProxyTaken, Variable = "UPSTREAM_PROXY")]
    public string? Proxy { get; set; }

    /// <summary>Hosts that are asked without the proxy, in addition to those of NO_PROXY where Proxy says "environment".</summary>
    [Setting(
        "takes hosts (with all below them), addresses or CIDRs, such as mirror.corp.example,10.0.0.0/8", Variable = "UPSTREAM_NO_PROXY")]
    public IReadOnlyList<string> NoProxy { get; set; } = [];

    public IEnumerable<SettingProblem> Problems()
    {
        const string Entries = "takes host[:port], *.host[:port] or CIDR, such as pypi.org,*.example.org:8443,10.1.0.0/16";
        foreach (var entry in new AllowedUpstreams(AllowedUpstreams).WrongEntries)
        {
            yield return new SettingProblem(nameof(AllowedUpstreams), entry, Entries);
        }

        if (ConnectTimeout > HeaderTimeout)
        {
            yield return new SettingProblem(nameof(ConnectTimeout), $"{ConnectTimeout}", $"takes at most HeaderTimeout, {HeaderTimeout}");
        }

        const string Certificates = "takes the path of a readable PEM file with certificates";
        if (ExtraRootCertificates is not null && !CanLoad(ExtraRootCertificates))
        {
            yield return new SettingProblem(nameof(ExtraRootCertificates), ExtraRootCertificates, Certificates);
        }

        if (!HasProxies())
        {
            yield return new SettingProblem(nameof(Proxy), UpstreamProxies.IsOfEnvironment(Proxy) ? Proxy! : "***", ProxyTaken);
        }

        foreach (var problem in UpstreamIdentity.Problems("", null, nameof(ClientCertificate), ClientCertificate, ClientKey))
        {
            yield return problem;
        }
    }

    private bool HasProxies()
    {
        try
        {
            _ = new UpstreamProxies(this);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool CanLoad(string path)
    {
        try
        {
            return TrustedRoots.Load(path).Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
