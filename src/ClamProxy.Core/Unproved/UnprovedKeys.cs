using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;

namespace ClamProxy.Core.Unproved;

/// <summary>What a client's copies of an URL are remembered by: a hash, in which neither can be read.</summary>
/// <remarks>
/// No request field is in it, though fields may select another answer: a client that resumes with other fields than it began with (a fresh token) has the same file open.
/// A client is an address, of IPv6 the network (/64): addresses within it change by themselves (RFC 8981).
/// </remarks>
internal static class UnprovedKeys
{
    private const string Prefix = "clamproxy:v1:unproved:";
    private const string GivenPrefix = "clamproxy:v1:given:";

    public static string Client(string? client) => ClientNetwork.Of(client ?? "");

    /// <param name="client">As <see cref="Client"/> gave it.</param>
    public static string Of(string client, Target target) => Prefix + Hash(client, target);

    /// <param name="client">As <see cref="Client"/> gave it.</param>
    public static string OfGiven(string client, Target target) => GivenPrefix + Hash(client, target);

    private static string Hash(string client, Target target) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{client}\n{target.Text}")));
}
