using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Policies;

namespace ClamProxy.Doors.Icap;

/// <summary>
/// The ISTag (RFC 3507 §4.7): another one when signatures or settings have changed, so that clients let go of what they keep.
/// </summary>
/// <param name="policies">Those in force, which a reload changes.</param>
/// <param name="settings">Differs with other settings.</param>
internal sealed class IcapTag(MessageScanner scanner, CurrentPolicies policies, string settings)
{
    private const int Digits = 24;

    private volatile Tag _last = new("", policies.Options, "");

    /// <summary>With its quotes, 26 characters.</summary>
    public string Text
    {
        get
        {
            var last = _last;
            var (signatures, rules) = (scanner.Signatures, policies.Options);
            return last.Signatures == signatures && last.Rules == rules && last.Text.Length > 0
                ? last.Text
                : (_last = Make(signatures, rules)).Text;
        }
    }

    private Tag Make(string signatures, PolicyOptions rules)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{typeof(IcapTag).Assembly.GetName().Version} {settings} {rules.Unscannable} {rules.ExceptionsFile} {rules.BlocksFile} "
                + signatures));
        return new(signatures, rules, $"\"{Convert.ToHexStringLower(hash)[..Digits]}\"");
    }

    private sealed record Tag(string Signatures, PolicyOptions Rules, string Text);
}
