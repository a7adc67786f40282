using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Tests.Access;

/// <summary>A token and a password as operators keep them, and as clients send them.</summary>
internal static class Secrets
{
    public const string Token = "t0ken-4f1c9a7be2d84c55";
    public const string Password = "pass:wörd with a colon";
    public static readonly string TokenEntry = $"build:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}";
    public static readonly string PasswordEntry = Hashed("alice", Password);

    public static string Bearer(string token) => $"Bearer {token}";

    public static string Basic(string name, string secret) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}"))}";

    private static string Hashed(string name, string password)
    {
        const int Iterations = 100_000;
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        return $"{name}:pbkdf2:{Iterations}:{Convert.ToHexStringLower(salt)}:{Convert.ToHexStringLower(hash)}";
    }
}
