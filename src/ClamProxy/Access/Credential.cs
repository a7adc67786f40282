using System.Globalization;
using System.Text;

namespace ClamProxy.Access;

/// <summary>
/// What is known of one secret. A token that a machine drew has more entropy than anybody can search through, so its plain SHA-256 is
/// enough and costs a request a microsecond; a password that somebody thought up needs a hash that is slow on purpose (decision 0022).
/// </summary>
/// <param name="Name">Whose it is, as the bytes that Basic sends.</param>
/// <param name="Hash">32 bytes.</param>
/// <param name="Salt">A password's; null: it is a token.</param>
/// <param name="Iterations">How often PBKDF2 with HMAC-SHA-256 goes round for a password.</param>
internal sealed record Credential(byte[] Name, byte[] Hash, byte[]? Salt, int Iterations)
{
    /// <summary>What it may do at the scan API; other surfaces have no rights to tell apart.</summary>
    public ApiRights Rights { get; init; } = ApiRights.Scan | ApiRights.Read | ApiRights.Delete;

    /// <summary>The name as text.</summary>
    public string NameText { get; } = Encoding.UTF8.GetString(Name);

    private const int HashBytes = 32;
    private const int LeastSaltBytes = 16;
    private const int LeastIterations = 100_000;

    // An attempt at a password costs no more than this, about half a second of one core.
    private const int MostIterations = 2_000_000;

    /// <summary>The same with rights behind it where they are not the usual ones: <c>name:sha256:hash:scan+read</c>.</summary>
    public static Credential? ParseWithRights(string text)
    {
        if (Parse(text) is { } plain)
        {
            return plain;
        }

        var end = text.LastIndexOf(':');
        return end > 0 && Parse(text[..end]) is { } credential && RightsOf(text[(end + 1)..]) is { } rights
            ? credential with { Rights = rights }
            : null;
    }

    /// <summary>Reads <c>name:sha256:hash</c> or <c>name:pbkdf2:iterations:salt:hash</c>; null: it is neither.</summary>
    public static Credential? Parse(string text)
    {
        return text.Split(':') switch
        {
            [{ Length: > 0 } name, "sha256", var hash] when Hex(hash) is { Length: HashBytes } bytes =>
                new(Encoding.UTF8.GetBytes(name), bytes, null, 0),
            [{ Length: > 0 } name, "pbkdf2", var rounds, var salt, var hash]
                when int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
                    && iterations is >= LeastIterations and <= MostIterations
                    && Hex(salt) is { Length: >= LeastSaltBytes } salted && Hex(hash) is { Length: HashBytes } bytes
                => new(Encoding.UTF8.GetBytes(name), bytes, salted, iterations),
            _ => null,
        };
    }

    private static ApiRights? RightsOf(string text)
    {
        var rights = ApiRights.None;
        foreach (var name in text.Split('+'))
        {
            rights |= name switch
            {
                "scan" => ApiRights.Scan,
                "read" => ApiRights.Read,
                "delete" => ApiRights.Delete,
                "force" => ApiRights.Force,
                _ => ApiRights.None,
            };
        }

        return text.Split('+').All(name => name is "scan" or "read" or "delete" or "force") ? rights : null;
    }

    private static byte[]? Hex(string text) =>
        text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
