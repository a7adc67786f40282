using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>Credentials for PROXY_CREDENTIALS, and the fields that show them.</summary>
internal static class Secret
{
    private const int Iterations = 300_000;

    /// <summary>
    /// A password that takes a machine a while to check, half as long as OWASP advises, so that sixty of them take some seconds.
    /// </summary>
    public static string Password(string name, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, 32);
        return $"{name}:pbkdf2:{Iterations}:{Convert.ToHexStringLower(salt)}:{Convert.ToHexStringLower(hash)}";
    }

    /// <summary>A token, which takes a microsecond.</summary>
    public static string Token(string name, string token) =>
        $"{name}:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}";

    public static string Basic(string name, string password) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))).ToString();
}
