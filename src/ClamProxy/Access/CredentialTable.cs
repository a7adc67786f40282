using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Access;

/// <summary>
/// The credentials of one surface. How long a check takes says nothing of which of them was nearly right, nor whose there are.
/// </summary>
internal sealed class CredentialTable
{
    private readonly Credential[] _tokens;
    private readonly Credential[] _named;
    private readonly PasswordCheck? _passwords;

    public CredentialTable(IEnumerable<string> credentials, AccessOptions options, TimeProvider clock)
    {
        Credential[] all = [.. credentials.Select(Credential.ParseWithRights).OfType<Credential>()];
        _tokens = [.. all.Where(credential => credential.Salt is null)];
        _named = [.. all.Where(credential => credential.Salt is not null)];
        _passwords = _named.Length > 0 ? new PasswordCheck(_named, options, clock) : null;
    }

    /// <summary>Nothing is asked for.</summary>
    public bool IsOpen => _tokens.Length == 0 && _passwords is null;

    /// <param name="client">Who shows it: its network; passwords are checked in turns of clients.</param>
    public async ValueTask<Admission> CheckAsync(PresentedCredential given, string client, CancellationToken cancellationToken)
    {
        if (TokenOf(given) is { } token)
        {
            return new(AccessOutcome.Granted, token.NameText);
        }

        // A password is never taken without its name: each of them would have to be tried.
        if (_passwords is null || given.Name is null)
        {
            return new(AccessOutcome.Wrong, null);
        }

        var outcome = await _passwords.CheckAsync(client, given.Name, given.Secret, cancellationToken);
        return new(outcome, outcome == AccessOutcome.Granted ? Encoding.UTF8.GetString(given.Name) : null);
    }

    /// <summary>What credentials that were granted may do: a token's rights, else those of the first password of that name.</summary>
    public ApiRights RightsOf(PresentedCredential given)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given.Secret, hash);
        var rights = ApiRights.None;
        foreach (var token in _tokens)
        {
            rights |= IsToken(given, token, hash) ? token.Rights : ApiRights.None;
        }

        return rights != ApiRights.None || given.Name is null
            ? rights
            : _named.FirstOrDefault(password => CryptographicOperations.FixedTimeEquals(given.Name, password.Name))?.Rights ?? rights;
    }

    private static bool IsToken(PresentedCredential given, Credential token, ReadOnlySpan<byte> hash) =>
        CryptographicOperations.FixedTimeEquals(hash, token.Hash)
            & (given.Name is null || CryptographicOperations.FixedTimeEquals(given.Name, token.Name));

    /// <summary>The token that was shown; null: it is none. All of them are compared, whichever it is.</summary>
    private Credential? TokenOf(PresentedCredential given)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given.Secret, hash);
        Credential? found = null;
        foreach (var token in _tokens)
        {
            found = IsToken(given, token, hash) ? token : found;
        }

        return found;
    }
}
