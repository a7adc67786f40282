using System.Net.Security;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Download.Identity;

/// <summary>
/// As whom an upstream is asked: a credential of the operator's, a client certificate, both, or a signature. It is for the origin of the
/// request only: where a redirect leads elsewhere, nobody is shown any of them.
/// </summary>
public sealed class UpstreamIdentity
{
    /// <summary>What a setting of a credential takes.</summary>
    public const string CredentialTaken = UpstreamCredential.Takes;

    /// <summary>What a setting of a certificate takes.</summary>
    public const string CertificateTaken = Identity.ClientCertificate.Takes;

    /// <summary>On a request that is sent with one.</summary>
    internal static readonly HttpRequestOptionsKey<UpstreamIdentity> Key = new("ClamProxy.Identity");

    private readonly UpstreamCredential? _credential;

    private UpstreamIdentity(string name, UpstreamCredential? credential, SslStreamCertificateContext? certificate)
    {
        (Name, _credential, Certificate) = (name, credential, certificate);
    }

    /// <param name="name">Tells it from others, without a secret.</param>
    /// <param name="signer">Signs each request.</param>
    public UpstreamIdentity(string name, IRequestSigner signer) => (Name, Signer) = (name, signer);

    /// <summary>
    /// What tells it from others, without a secret: answers that were given to it are kept under keys of their own.
    /// </summary>
    public string Name { get; }

    /// <summary>The header field that it fills; a client's own of that name is not sent. Null: none.</summary>
    public string? Field => _credential?.Field ?? Signer?.Field;

    internal IRequestSigner? Signer { get; }

    internal SslStreamCertificateContext? Certificate { get; }

    /// <summary>Null where none of the settings is given.</summary>
    /// <param name="credential">As a route's Credential says.</param>
    /// <param name="certificateFile">A PEM file.</param>
    /// <param name="keyFile">A PEM file.</param>
    public static UpstreamIdentity? Of(string? credential, string? certificateFile, string? keyFile) =>
        credential is null && certificateFile is null ? null : new(
            $"{credential}|{certificateFile}",
            credential is null ? null : UpstreamCredential.Parse(credential),
            certificateFile is null ? null : ClientCertificate.Load(certificateFile, keyFile));

    /// <summary>What is wrong with the settings; no value of a credential is shown, for it may be the secret itself.</summary>
    public static IEnumerable<SettingProblem> Problems(
        string property, string? credential, string certificateProperty, string? certificateFile, string? keyFile)
    {
        if (credential is not null && UpstreamCredential.Parse(credential) is not { IsReadable: true })
        {
            yield return new(property, "***", UpstreamCredential.Takes);
        }

        if (certificateFile is null ? keyFile is not null : !ClientCertificate.CanLoad(certificateFile, keyFile))
        {
            yield return new(certificateProperty, certificateFile ?? "", ClientCertificate.Takes);
        }
    }

    /// <summary>Gives a request to its own origin what it is shown.</summary>
    public void ApplyTo(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(Key, this);
        if (_credential?.Value() is { } value)
        {
            request.Headers.Remove(_credential.Field);
            request.Headers.TryAddWithoutValidation(_credential.Field, value);
        }
    }
}
