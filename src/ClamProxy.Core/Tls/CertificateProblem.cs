using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.Core.Tls;

/// <summary>Says in words why a peer's certificate is not trusted.</summary>
public static class CertificateProblem
{
    private const int MostCharacters = 120;

    /// <summary>The end of a sentence that begins with whose certificate it is.</summary>
    /// <param name="chain">As it was built; names in it are the peer's, and shortened to printable ASCII.</param>
    /// <param name="errors">Not None.</param>
    public static string Describe(X509Chain? chain, SslPolicyErrors errors)
    {
        var found = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        return (chain?.ChainElements.LastOrDefault()?.Certificate, found, errors) switch
        {
            (_, _, _) when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "is missing",
            ({ } last, _, _) when found.HasFlag(X509ChainStatusFlags.PartialChain) =>
                $"is not trusted: the server did not send the intermediate certificate \"{Printable(last.Issuer)}\", and no root of that "
                    + "name is trusted here",
            ({ } last, _, _) when found.HasFlag(X509ChainStatusFlags.UntrustedRoot) =>
                $"is not trusted: its root \"{Printable(last.Subject)}\" is not trusted here",
            (_, _, _) when found.HasFlag(X509ChainStatusFlags.NotTimeValid) => "has expired, or is not valid yet",
            (_, X509ChainStatusFlags.NoError, SslPolicyErrors.RemoteCertificateNameMismatch) => "is for another name",
            _ => $"is not trusted: {found}",
        };
    }

    private static string Printable(string name) =>
        string.Concat(name.Take(MostCharacters).Select(character => character is >= ' ' and <= '~' and not '"' ? character : '?'));
}
