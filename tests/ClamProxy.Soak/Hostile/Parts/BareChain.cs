using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// A certificate for 127.0.0.1 whose issuer is missing, and that names an address where it can be had, as well as OCSP and CRL addresses
/// there.
/// </summary>
internal sealed class BareChain : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="where">The URL that the certificate names.</param>
    public BareChain(string where)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=hostile root", rootKey).CreateSelfSigned(now.AddDays(-2), now.AddDays(30));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Authority("CN=hostile intermediate", middleKey).Create(
            root, now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(8));
        using var signing = middle.CopyWithPrivateKey(middleKey);
        Leaf = Issue(signing, where, now);
        Intermediate = middle.RawData;
        RootFile = _folder.File("root.pem");
        File.WriteAllText(RootFile, root.ExportCertificatePem());
    }

    public X509Certificate2 Leaf { get; }

    /// <summary>The missing one, as DER.</summary>
    public byte[] Intermediate { get; }

    /// <summary>The PEM file of the root that a client may trust.</summary>
    public string RootFile { get; }

    public void Dispose()
    {
        Leaf.Dispose();
        _folder.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }

    private static X509Certificate2 Issue(X509Certificate2 issuer, string where, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"{where}/ocsp"], [$"{where}/issuer"]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{where}/crl"]));
        using var bare = request.Create(issuer, now.AddHours(-1), now.AddDays(10), RandomNumberGenerator.GetBytes(8));
        using var withKey = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
