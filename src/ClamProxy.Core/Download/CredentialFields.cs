using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ClamProxy.Core.Download;

/// <summary>
/// Header fields that show who a client is: those of the standard, those whose name says so, since everybody has one of his own, and those
/// whose value has a credential's form.
/// </summary>
public static partial class CredentialFields
{
    private static readonly SearchValues<string> s_words = SearchValues.Create(
        ["auth", "cookie", "token", "secret", "key", "password", "credential", "session", "signature", "jfrog-art-api"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Names with such a word in them that say nothing of who asks: new in each run of a client, or the same for all.</summary>
    private static readonly FrozenSet<string> s_others = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "npm-auth-type", "npm-session", "X-NuGet-Session-Id", "Sec-WebSocket-Key", "Idempotency-Key");

    /// <summary>Names without one that a signed request does not count without.</summary>
    private static readonly FrozenSet<string> s_ofSignatures = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "X-Amz-Date", "X-Amz-Content-Sha256", "x-ms-date", "x-ms-version");

    /// <summary>Whether a name is one of a credential.</summary>
    public static bool Contain(string name) =>
        s_ofSignatures.Contains(name) || (!s_others.Contains(name) && name.AsSpan().ContainsAny(s_words));

    /// <summary>
    /// Whether a value has the form of a credential: a scheme and what belongs to it (RFC 9110 §11.4), a JWT (RFC 7519 §3), or a token of a
    /// kind that says what it is. A long random text alone is none: requests' ids look like that.
    /// </summary>
    public static bool HasForm(string value) => Form().IsMatch(value);

    [GeneratedRegex(
        @"^(?:(?i:Bearer|Basic|Digest|Token|ApiKey|Negotiate|NTLM|Hawk|AWS4-HMAC-SHA256) +\S"
            + @"|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.|gh[pousr]_|github_pat_|glpat-|npm_|pypi-|dckr_pat_|AKCp|xox[a-z]-)",
        RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
