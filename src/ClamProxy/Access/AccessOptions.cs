using System.Net;
using ClamProxy.Core.Settings;

namespace ClamProxy.Access;

/// <summary>Who may ask. Secrets stand here as hashes only, so that neither a settings file nor the environment gives one away.</summary>
public sealed class AccessOptions : ISettings
{
    private const string NetworksTaken = "takes CIDRs, such as 10.1.0.0/16,192.0.2.7/32";
    private const string CredentialsTaken = "takes name:sha256:<64 hex digits>, or name:pbkdf2:<iterations from 100000 to 2000000>:<salt, at least 32 hex digits>:<64 hex digits>; more of them behind commas";

    public static string Section => "Access";

    /// <summary>
    /// From whom <c>Download-From</c> and <c>Cache-Scan</c> are taken; others that send them get 403, and are left with the configured routes. Behind a
    /// proxy of TRUSTED_PROXIES it is the address in its <c>X-Real-IP</c> that counts. Default: unset, from anybody.
    /// </summary>
    [Setting(NetworksTaken, Variable = "TRUSTED_CLIENTS")]
    public IReadOnlyList<string> TrustedClients { get; init; } = [];

    /// <summary>
    /// The credentials that let a request in at the proxy's port, one of them in <c>Proxy-Authorization</c> or else <c>Authorization</c>, as Basic or (sha256
    /// only) as Bearer. Default: unset, everybody is let in.
    /// </summary>
    [Setting(CredentialsTaken, Variable = "PROXY_CREDENTIALS")]
    public IReadOnlyList<string> ProxyCredentials { get; init; } = [];

    /// <summary>The same for <c>/readyz</c> and <c>/metrics</c>; <c>/healthz</c> says nothing worth hiding and stays open. Default: unset, everybody is let in.</summary>
    [Setting(CredentialsTaken, Variable = "MANAGEMENT_CREDENTIALS")]
    public IReadOnlyList<string> ManagementCredentials { get; init; } = [];

    public IEnumerable<SettingProblem> Problems() =>
    [
        .. TrustedClients.Where(network => !IPNetwork.TryParse(network, out _)).Select(network => new SettingProblem(nameof(TrustedClients), network, NetworksTaken)),
        .. Problems(nameof(ProxyCredentials), ProxyCredentials),
        .. Problems(nameof(ManagementCredentials), ManagementCredentials),
    ];

    // Not one character of a wrong one is shown: it may be the secret itself, put here by mistake.
    private static IEnumerable<SettingProblem> Problems(string property, IReadOnlyList<string> credentials) => credentials
        .Where(credential => Credential.Parse(credential) is null)
        .Select(_ => new SettingProblem(property, "***", CredentialsTaken));
}
