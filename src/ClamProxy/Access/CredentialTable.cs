using System.Security.Cryptography;

namespace ClamProxy.Access;

/// <summary>
/// The credentials of one surface. How long a check takes says nothing of which of them was nearly right, nor whose there are.
/// </summary>
internal sealed class CredentialTable
{
    private readonly Credential[] _tokens;
    private readonly PasswordCheck? _passwords;

    public CredentialTable(IEnumerable<string> credentials, AccessOptions options, TimeProvider clock)
    {
        Credential[] all = [.. credentials.Select(Credential.Parse).OfType<Credential>()];
        _tokens = [.. all.Where(credential => credential.Salt is null)];
        Credential[] passwords = [.. all.Where(credential => credential.Salt is not null)];
        _passwords = passwords.Length > 0 ? new PasswordCheck(passwords, options, clock) : null;
    }

    /// <summary>Nothing is asked for.</summary>
    public bool IsOpen => _tokens.Length == 0 && _passwords is null;

    /// <param name="client">Who shows it: its network; passwords are checked in turns of clients.</param>
    public async ValueTask<AccessOutcome> CheckAsync(PresentedCredential given, string client, CancellationToken cancellationToken)
    {
        if (IsToken(given))
        {
            return AccessOutcome.Granted;
        }

        // A password is never taken without its name: each of them would have to be tried.
        return _passwords is null || given.Name is null
            ? AccessOutcome.Wrong
            : await _passwords.CheckAsync(client, given.Name, given.Secret, cancellationToken);
    }

    private bool IsToken(PresentedCredential given)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given.Secret, hash);
        var isToken = false;
        foreach (var token in _tokens)
        {
            isToken |= CryptographicOperations.FixedTimeEquals(hash, token.Hash) & (given.Name is null
                || CryptographicOperations.FixedTimeEquals(given.Name, token.Name));
        }

        return isToken;
    }
}
