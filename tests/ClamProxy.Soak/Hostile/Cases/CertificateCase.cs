using System.Diagnostics;
using System.Net.Security;
using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Cases;

/// <summary>Item 2, for upstreams.</summary>
/// <param name="isRootTrusted">Whether the chain's root is one of ExtraRootCertificates.</param>
internal sealed class CertificateCase(bool isRootTrusted) : HostileCase(
    isRootTrusted ? "2-extra-roots" : "2-upstream",
    "an upstream's certificate lacks its issuer and names an internal URL where to fetch it (AIA), and OCSP and CRL addresses there",
    "no such address is asked; the answer is a 502 that says what is missing, at once")
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(15);

    public override async Task RunAsync(CaseRun run)
    {
        var next = run.Made(RawOrigin.Saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        var inside = run.Made(RawOrigin.Saying($"HTTP/1.1 302 Found\r\nLocation: {next.Url}/next\r\nContent-Length: 0\r\n\r\n"));
        using var chain = new BareChain(inside.Url);
        // It ends before its certificate does.
        await using var upstream = new TlsOrigin(
            SslStreamCertificateContext.Create(chain.Leaf, additionalCertificates: null, offline: true));
        (string, string)[] roots = isRootTrusted ? [("ClamProxy__Download__ExtraRootCertificates", chain.RootFile)] : [];
        var proxy = await run.ProxyAsync([("ALLOWED_UPSTREAMS", $"127.0.0.1:{upstream.Port}"), .. roots]);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            var clock = Stopwatch.StartNew();
            using var request = ClientFrom.Ask("/file", $"https://127.0.0.1:{upstream.Port}", method: method);
            using var answer = await proxy.Client.SendAsync(request, run.Ending);
            var text = await answer.Content.ReadAsStringAsync(run.Ending);
            run.Saw($"{method}: {(int)answer.StatusCode} after {clock.Elapsed.TotalSeconds:F1} s");
            run.Must((int)answer.StatusCode == 502, $"{method} is a {(int)answer.StatusCode}");
            run.Must(clock.Elapsed < AtOnce, $"{method} took {clock.Elapsed.TotalSeconds:F0} s");
            run.Must(
                !isRootTrusted || method == HttpMethod.Head || text.Contains("intermediate", StringComparison.OrdinalIgnoreCase),
                $"the 502 does not say what is missing: {text.ReplaceLineEndings(" ")}");
        }

        run.Saw(
            $"{inside.Requests.Count} requests to the internal URL, {next.Requests.Count} behind its redirect, {upstream.Accepted} to the "
                + "upstream");
        run.Must(
            inside.Requests.Count + next.Requests.Count == 0,
            $"{inside.Requests.Count} requests to the internal URL and {next.Requests.Count} behind its redirect");
    }
}
