using System.Text;

namespace ClamProxy.Core.Download.Identity;

/// <summary>
/// A header field that shows an upstream who asks: <c>basic</c>, <c>bearer</c> or <c>header NAME</c>, and where its secret is.
/// </summary>
internal sealed class UpstreamCredential
{
    public const string Takes = "takes basic, bearer or header NAME, and behind it file:PATH or env:VARIABLE, such as bearer "
        + "file:/run/secrets/token; the secret of basic is user:password";

    private readonly string _scheme;
    private readonly SecretSource _secret;

    private UpstreamCredential(string scheme, string field, SecretSource secret)
    {
        (_scheme, Field, _secret) = (scheme, field, secret);
    }

    /// <summary>The name of the header field.</summary>
    public string Field { get; }

    /// <summary>Whether there is a secret now that a header field can carry.</summary>
    public bool IsReadable => Value() is not null;

    public static UpstreamCredential? Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (scheme, field, source) = words switch
        {
            [var one, var from] when Is(one, "basic") => ("Basic", "Authorization", from),
            [var one, var from] when Is(one, "bearer") => ("Bearer", "Authorization", from),
            [var one, var name, var from] when Is(one, "header") && IsToken(name) => ("", name, from),
            _ => ("", "", ""),
        };
        return SecretSource.Parse(source) is { } secret ? new(scheme, field, secret) : null;
    }

    /// <summary>The field's value, as Latin-1 text; null: the secret cannot be read.</summary>
    public string? Value() => (_scheme, _secret.Read()) switch
    {
        (_, null) => null,
        ("Basic", { } secret) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))}",
        ("Bearer", { } secret) => $"Bearer {secret}",
        (_, { } secret) => secret,
    };

    private static bool Is(string word, string scheme) => word.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    // Host would choose the TLS name, and the others where a request ends.
    private static bool IsToken(string name) =>
        name.All(one => char.IsAsciiLetterOrDigit(one) || "!#$%&'*+-.^_`|~".Contains(one, StringComparison.Ordinal))
        && !new[] { "Host", "Connection", "Content-Length", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect", "Range", "If-Range" }
            .Contains(name, StringComparer.OrdinalIgnoreCase);
}
