using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.Core.Download;

/// <summary>The system's root certificates and an operator's own.</summary>
internal static class TrustedRoots
{
    public static X509Certificate2Collection Load(string pemFile)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(pemFile);
        return roots;
    }

    /// <summary>Null (the system's roots alone, SSL_CERT_FILE included) when no extra file is set.</summary>
    public static X509ChainPolicy? Policy(string? pemFile)
    {
        if (pemFile is null)
            return null;

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Load(pemFile));
        foreach (var location in new[] { StoreLocation.LocalMachine, StoreLocation.CurrentUser })
        {
            using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
            policy.CustomTrustStore.AddRange(store.Certificates);
        }

        return policy;
    }
}
