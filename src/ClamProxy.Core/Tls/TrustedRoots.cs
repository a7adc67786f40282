using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.Core.Tls;

/// <summary>The system's root certificates, and an operator's own where there are some.</summary>
public static class TrustedRoots
{
    public static X509Certificate2Collection Load(string pemFile)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(pemFile);
        return roots;
    }

    /// <summary>
    /// How a peer's certificate is judged: from what it sends and what this machine has, and by nothing else. By .NET's own policy, a
    /// certificate makes this process ask any address that the certificate names (authorityInfoAccess), follow redirects from there and
    /// keep what comes in the user's certificate store (decision 0039).
    /// </summary>
    /// <param name="pemFile">Roots beside the system's; null: the system's alone, SSL_CERT_FILE included.</param>
    public static X509ChainPolicy Policy(string? pemFile = null)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (pemFile is null)
        {
            return policy;
        }

        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Load(pemFile));
        foreach (var location in new[] { StoreLocation.LocalMachine, StoreLocation.CurrentUser })
        {
            using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
            policy.CustomTrustStore.AddRange(store.Certificates);
        }

        return policy;
    }
}
