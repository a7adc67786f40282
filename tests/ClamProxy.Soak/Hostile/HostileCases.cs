using ClamProxy.Soak.Hostile.Cases;
using ClamProxy.Soak.Hostile.Clients;

namespace ClamProxy.Soak.Hostile;

/// <summary>Every case, in the order.</summary>
internal static class HostileCases
{
    public static IReadOnlyList<HostileCase> All { get; } =
    [
        .. KnownClean(), .. BrokenTrickle(),
        new CertificateCase(isRootTrusted: false), new CertificateCase(isRootTrusted: true) { IsShort = false }, new RedisCertificateCase(),
        new MovedScannerCase { IsShort = false }, new RestartedScannerCase { IsShort = false },
        new MediaTypeCase(),
        new NpmIndexCase(),
        new LinkFormCase(),
        new ForeignLinkCase(isPreset: false) { IsShort = false },
        new ForeignLinkCase(isPreset: true),
        new SilentResolverCase(HttpMethod.Get), new SilentResolverCase(HttpMethod.Head) { IsShort = false },
        new SharedErrorCase(), new RestingOriginCase(), new ReflectedFieldCase(),
        new SharedConnectionCase { IsShort = false },
        new OldProtocolCase("http1.0", isIndex: false),
        new OldProtocolCase("http1.1", isIndex: false) { IsShort = false },
        new OldProtocolCase("http1.0", isIndex: true) { IsShort = false },
        new OldProtocolCase("http1.1", isIndex: true),
        new SecondNginxCase(),
        new WaitersCase("9-waiters", connections: 100, most: 256),
        new WaitersCase("9-waiters-400", connections: 400, most: 512) { IsShort = false },
        new SlowReadersCase { IsShort = false },
        new FullSpoolCase { IsShort = false },
        new IdleConnectionsCase { IsShort = false },
        new JoinedFlightCase { IsShort = false },
        new WrongPasswordsCase { IsShort = false },
        new RequestFieldCase(
            "15-connection",
            "a client names a field in Connection",
            "that field does not go upstream",
            "Connection: close, X-Drop\r\nX-Drop: 1",
            request =>
                request.Headers.ContainsKey("X-Drop")),
        new CookieCase(), new EndlessBodyCase(),
        new RequestFieldCase(
            "19-forwarded", "a client says in X-Forwarded-For that it is somebody else", "upstream is not told so",
            "Connection: close\r\nX-Forwarded-For: 203.0.113.7",
            request =>
                request.Headers.GetValueOrDefault("X-Forwarded-For") is { } said
                    && (said == "203.0.113.7" || !said.Contains("127.0.0.1", StringComparison.Ordinal))),
        new ResponseFieldCase(),
        new BrowserRightsCase(),
        new MirrorLinkCase(isMetalink: false),
        new MirrorLinkCase(isMetalink: true),
        new ForgedRecordCase(),
    ];

    private static IEnumerable<HostileCase> KnownClean() =>
    [
        new KnownCleanCase(DownloadClients.Wget),
        new KnownCleanCase(DownloadClients.CurlAgain) { IsShort = false },
        new KnownCleanCase(DownloadClients.Pip),
        new KnownCleanCase(DownloadClients.Aria2) { IsShort = false }, new KnownCleanCase(DownloadClients.Apt) { IsShort = false },
        new KnownCleanCase(DownloadClients.Browser) { IsShort = false },
        new KnownCleanCase(DownloadClients.BrowserIfRange) { IsShort = false },
        new KnownCleanCase(DownloadClients.Wget, "-retry", settings: ("DELIVERY", "retry")) { IsShort = false },
        new KnownCleanCase(DownloadClients.Wget, "-small-store", hasSmallStore: true) { IsShort = false },
        new PipedScriptCase(),
    ];

    private static IEnumerable<HostileCase> BrokenTrickle() =>
    [
        new BrokenTrickleCase(DownloadClients.Wget),
        new BrokenTrickleCase(DownloadClients.WgetUnknown) { IsShort = false },
        new BrokenTrickleCase(DownloadClients.WgetAgain) { IsShort = false },
        new BrokenTrickleCase(DownloadClients.CurlAgain) { IsShort = false },
        new BrokenTrickleCase(DownloadClients.CurlUnknown),
        new BrokenTrickleCase(DownloadClients.Pip),
        new BrokenTrickleCase(DownloadClients.Aria2), new BrokenTrickleCase(DownloadClients.Apt) { IsShort = false },
        new BrokenTrickleCase(DownloadClients.Browser) { IsShort = false },
        new BrokenTrickleCase(DownloadClients.BrowserIfRange) { IsShort = false },
        new BrokenTrickleCase(DownloadClients.WgetAgain, isTrickled: true),
        new BrokenTrickleCase(DownloadClients.Pip, isTrickled: true) { IsShort = false },
        new ShorterFileCase(DownloadClients.WgetAgain), new ShorterFileCase(DownloadClients.CurlAgain) { IsShort = false },
        new LaterResumeCase(),
    ];
}
