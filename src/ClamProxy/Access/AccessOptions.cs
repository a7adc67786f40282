using System.Net;
using ClamProxy.Core.Settings;

namespace ClamProxy.Access;

/// <summary>
/// Who may use ClamProxy. Secrets are configured as hashes only, so that neither a settings file nor the environment reveals one.
/// </summary>
public sealed class AccessOptions : ISettings
{
    private const string NetworksTaken = "takes CIDRs, such as 10.1.0.0/16,192.0.2.7/32";
    private const string ApiCredentialsTaken = "takes PROXY_CREDENTIALS' forms, with rights behind them where they are not "
        + "scan+read+delete: name:sha256:<64 hex digits>:scan+read+force";
    private const string CredentialsTaken = "takes name:sha256:<64 hex digits> or name:pbkdf2:<100000 to 2000000 iterations>:<salt, at "
        + "least 32 hex digits>:<64 hex digits>; several separated by commas";

    public static string Section => "Access";

    /// <summary>
    /// Whose <c>Download-From</c> and <c>Cache-Scan</c> are honoured; other clients get 403 when they send them, and can use the configured
    /// routes only. Behind a proxy of TRUSTED_PROXIES it is the address in its <c>X-Real-IP</c> that counts. Default: unset, from anybody.
    /// </summary>
    [Setting(NetworksTaken, Variable = "TRUSTED_CLIENTS")]
    public IReadOnlyList<string> TrustedClients { get; init; } = [];

    /// <summary>
    /// The credentials accepted at the proxy's port; clients send one in <c>Proxy-Authorization</c> or else <c>Authorization</c>, as Basic
    /// or (sha256 only) as Bearer. Default: unset, everybody is allowed.
    /// </summary>
    [Setting(CredentialsTaken, Variable = "PROXY_CREDENTIALS", Secret = true)]
    public IReadOnlyList<string> ProxyCredentials { get; init; } = [];

    /// <summary>
    /// The same for the scan API, with what each may do: <c>scan</c> (bring contents), <c>read</c> (see results, fetch clean files),
    /// <c>delete</c>, <c>force</c> (fetch files that are not clean). Default: unset, this machine and TRUSTED_CLIENTS may scan, read and
    /// delete, and nobody else anything.
    /// </summary>
    [Setting(ApiCredentialsTaken, Variable = "API_CREDENTIALS", Secret = true)]
    public IReadOnlyList<string> ApiCredentials { get; init; } = [];

    /// <summary>
    /// The same for <c>/readyz</c>, <c>/metrics</c>, the admin API and the other actions; <c>/healthz</c> says nothing worth hiding and
    /// stays open. Default: unset, everybody is allowed.
    /// </summary>
    [Setting(CredentialsTaken, Variable = "MANAGEMENT_CREDENTIALS", Secret = true)]
    public IReadOnlyList<string> ManagementCredentials { get; init; } = [];

    /// <summary>
    /// Requests that may wait for a password check, which are done one at a time. With one more, a client that recently sent a wrong
    /// password loses a place, else the one with the most waiting. Default 256: at a quarter of a second each, twice what
    /// <see cref="PasswordWait"/> has time for.
    /// </summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxPasswords { get; init; } = 256;

    /// <summary>
    /// How many of them may be one client's (an IPv6 client is its /64). Default 16: the users of one machine, or behind one address.
    /// </summary>
    [Setting("takes a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxPasswordsPerClient { get; init; } = 16;

    /// <summary>
    /// How long a request waits for its password to be checked; then it is answered 503. Default 30 s, as package clients wait.
    /// </summary>
    [Setting("takes a time from 1 s to 10 minutes, such as 00:00:30", Min = 1, Max = 600)]
    public TimeSpan PasswordWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client that gave a wrong password has its turn after all others. Default 1 minute; 0: not at all.</summary>
    [Setting("takes a time from 0 to 1 day, such as 00:01:00", Min = 0, Max = 86_400)]
    public TimeSpan WrongPasswordMemory { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many such clients are remembered, the oldest make room. Default 4096: less than 1 MB.</summary>
    [Setting("takes a number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxWrongClients { get; init; } = 4096;

    public IEnumerable<SettingProblem> Problems() =>
    [
        .. TrustedClients.Where(network => !IPNetwork.TryParse(network, out _)).Select(
            network => new SettingProblem(nameof(TrustedClients), network, NetworksTaken)),
        .. Problems(nameof(ProxyCredentials), ProxyCredentials),
        .. Problems(nameof(ManagementCredentials), ManagementCredentials),
        .. ApiCredentials.Where(credential => Credential.ParseWithRights(credential) is null).Select(
            _ => new SettingProblem(nameof(ApiCredentials), "***", ApiCredentialsTaken)),
    ];

    // Not one character of a wrong one is shown: it may be the secret itself, put here by mistake.
    private static IEnumerable<SettingProblem> Problems(string property, IReadOnlyList<string> credentials) => credentials
        .Where(credential => Credential.Parse(credential) is null)
        .Select(_ => new SettingProblem(property, "***", CredentialsTaken));
}
