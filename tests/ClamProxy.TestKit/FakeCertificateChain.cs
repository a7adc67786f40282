using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.TestKit;

/// <summary>
/// A root, an intermediate and a certificate for localhost and 127.0.0.1 that names addresses of a <see cref="FakeCertificateServer"/> for
/// its issuer, its revocation list and its status. New keys each time: no certificate store has any of it.
/// </summary>
public sealed class FakeCertificateChain : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _root;

    public FakeCertificateChain(FakeCertificateServer server)
    {
        // Read once: .NET issues no certificate that outlives its issuer's by the second that passed meanwhile.
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = (now.AddDays(-1), now.AddDays(30));
        var unique = Guid.NewGuid().ToString("N");
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Authority($"CN=ClamProxy test root {unique}", rootKey).CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var bare = Authority($"CN=ClamProxy test intermediate {unique}", key).Create(
            _root, from, to, RandomNumberGenerator.GetBytes(8));
        Intermediate = X509CertificateLoader.LoadCertificate(bare.RawData);
        using var issuer = bare.CopyWithPrivateKey(key);
        Leaf = Issue(issuer, server.Url, from, to.AddDays(-1));
        RootFile = _folder.File("root.pem");
        File.WriteAllText(RootFile, _root.ExportCertificatePem());
        server.Serves(Intermediate.RawData);
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Leaf { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>The PEM file of the root.</summary>
    public string RootFile { get; }

    /// <summary>Whether the user's certificate store has the intermediate now.</summary>
    public bool IsIntermediateKept
    {
        get
        {
            using var store = new X509Store(StoreName.CertificateAuthority, StoreLocation.CurrentUser, OpenFlags.ReadOnly);
            return store.Certificates.Any(kept => kept.Thumbprint == Intermediate.Thumbprint);
        }
    }

    /// <summary>What is sent in a handshake: the leaf, with the intermediate or without; the sender downloads nothing itself.</summary>
    public SslStreamCertificateContext Context(bool withIntermediate) =>
        SslStreamCertificateContext.Create(Leaf, withIntermediate ? [Intermediate] : null, offline: true);

    /// <summary>The PEM files of what is sent in a handshake, and of its key.</summary>
    public (string Certificate, string Key) Files(bool withIntermediate)
    {
        var certificate = _folder.File($"leaf{withIntermediate}.crt");
        File.WriteAllText(
            certificate, Leaf.ExportCertificatePem() + "\n" + (withIntermediate ? Intermediate.ExportCertificatePem() + "\n" : ""));
        using var key = Leaf.GetECDsaPrivateKey()!;
        File.WriteAllText(_folder.File("leaf.key"), key.ExportPkcs8PrivateKeyPem());
        return (certificate, _folder.File("leaf.key"));
    }

    public void Dispose()
    {
        Leaf.Dispose();
        Intermediate.Dispose();
        _root.Dispose();
        _folder.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static X509Certificate2 Issue(X509Certificate2 issuer, string url, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([url + "/status"], [url + "/issuer"]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([url + "/list"]));
        using var bare = request.Create(issuer, from, to, RandomNumberGenerator.GetBytes(8));
        using var withKey = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
