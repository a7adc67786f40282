using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.Core.Download.Identity;

/// <summary>Reads the certificate that a server is shown, from PEM files.</summary>
internal static class ClientCertificate
{
    public const string Takes = "takes the path of a readable PEM file with a certificate and, there or in ClientKey, its private key";

    /// <param name="certificateFile">The certificate, and intermediates behind it.</param>
    /// <param name="keyFile">Its private key, without a password; null: it is in the same file.</param>
    /// <exception cref="CryptographicException">There is none, or the key is another one's.</exception>
    public static SslStreamCertificateContext Load(string certificateFile, string? keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(certificateFile);

        // Offline: nothing that a certificate names is downloaded (decision 0039).
        return SslStreamCertificateContext.Create(certificate, all, offline: true);
    }

    public static bool CanLoad(string certificateFile, string? keyFile)
    {
        try
        {
            Load(certificateFile, keyFile);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
