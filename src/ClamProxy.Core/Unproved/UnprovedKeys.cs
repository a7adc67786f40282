using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;

namespace ClamProxy.Core.Unproved;

/// <summary>What a client's copies of an URL are remembered by: a hash, in which neither can be read.</summary>
/// <remarks>
/// No request field is in it, though fields may select another answer: a client that resumes with other fields than it began with (a fresh
/// token) has the same file open. A client is an address, of IPv6 the network (/64): addresses within it change by themselves (RFC 8981).
/// </remarks>
internal static class UnprovedKeys
{
    private const string Prefix = "clamproxy:v1:unproved:";
    private const string GivenPrefix = "clamproxy:v1:given:";

    public static string Client(string? client) => ClientNetwork.Of(client ?? "");

    /// <param name="client">As <see cref="Client"/> gave it.</param>
    public static string Of(string client, Target target) => Key(Prefix, client, target);

    /// <param name="client">As <see cref="Client"/> gave it.</param>
    public static string OfGiven(string client, Target target) => Key(GivenPrefix, client, target);

    // A byte array of each request's URL would be garbage; longer ones than this are rare.
    private const int MostOnStack = 1024;

    [SkipLocalsInit]
    private static string Key(string prefix, string client, Target target)
    {
        var most = Encoding.UTF8.GetMaxByteCount(client.Length + 1 + target.Text.Length);
        var bytes = most <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[most];
        var length = Encoding.UTF8.GetBytes(client, bytes);
        bytes[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(target.Text, bytes[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        Span<char> digits = stackalloc char[2 * SHA256.HashSizeInBytes];
        Convert.TryToHexStringLower(hash, digits, out _);
        return string.Concat(prefix, digits);
    }
}
