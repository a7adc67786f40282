using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Process.Tests.Access;

/// <summary>One marker for each kind of secret that ClamProxy is given, and the search for them in what it says and keeps.</summary>
internal sealed class PlantedSecrets
{
    private readonly Dictionary<string, string> _markers = [];

    /// <summary>The marker of one kind; the same each time.</summary>
    public string this[string kind]
    {
        get
        {
            if (!_markers.TryGetValue(kind, out var marker))
            {
                _markers[kind] = marker = $"marker{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
            }

            return marker;
        }
    }

    /// <summary>A marker as an operator keeps it.</summary>
    public string Hashed(string kind) => $"client:sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(this[kind])))}";

    /// <summary>No marker stands in the text: neither as it is, nor in Basic's form, nor as its hash.</summary>
    public void AreNotIn(string where, string text)
    {
        foreach (var (kind, marker) in _markers)
        {
            Assert.False(text.Contains(marker, StringComparison.OrdinalIgnoreCase), $"{kind} is in {where}:\n{text}");
            Assert.False(text.Contains(Basic(marker), StringComparison.Ordinal), $"{kind} is in {where}, as Basic sends it:\n{text}");
            Assert.False(
                text.Contains(Hashed(kind).Split(':')[^1], StringComparison.OrdinalIgnoreCase), $"{kind}'s hash is in {where}:\n{text}");
        }
    }

    public static string Basic(string marker) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"client:{marker}"));
}
