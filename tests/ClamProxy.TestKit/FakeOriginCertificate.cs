using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.TestKit;

/// <summary>A test's own certificate authority, and its certificate for localhost, 127.0.0.1, mirror.test and *.mirror.test.</summary>
public sealed class FakeOriginCertificate : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _root;

    public FakeOriginCertificate()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=ClamProxy test root", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        root.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(root.PublicKey, false));
        _root = root.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        RootFile = _folder.File("root.pem");
        File.WriteAllText(RootFile, _root.ExportCertificatePem());

        Server = Issue(_root, "CN=localhost", "1.3.6.1.5.5.7.3.1");
    }

    /// <summary>What the origin serves with.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The PEM file of the authority that a client has to trust.</summary>
    public string RootFile { get; }

    /// <summary>A PKCS #12 file with what the origin serves with, opened by a password.</summary>
    public string PkcsFile(string password)
    {
        var file = _folder.File("server.pfx");
        File.WriteAllBytes(file, Server.Export(X509ContentType.Pfx, password));
        return file;
    }

    /// <summary>A client's certificate of the same authority, with its key.</summary>
    public X509Certificate2 Client(string subject) => Issue(_root, subject, "1.3.6.1.5.5.7.3.2");

    public void Dispose()
    {
        _root.Dispose();
        Server.Dispose();
        _folder.Dispose();
    }

    private static X509Certificate2 Issue(X509Certificate2 root, string subject, string usage)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("mirror.test");
        names.AddDnsName("*.mirror.test");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using var bare = request.Create(root, now.AddDays(-1), now.AddDays(29), RandomNumberGenerator.GetBytes(8));
        using var withKey = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
