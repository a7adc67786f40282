using System.Security.Cryptography;

namespace ClamProxy.Access;

/// <summary>
/// Checks passwords. PBKDF2 is slow on purpose, which must not become a way to keep the machine busy: one is derived at a time, few may wait, and a
/// password that was right is known again by a hash that only this process can make.
/// </summary>
internal sealed class PasswordCheck(Credential[] passwords) : IDisposable
{
    /// <summary>At a quarter of a second each, the last one waits as long as a client's connection may take.</summary>
    private const int MostWaiting = 16;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[]?[] _seen = new byte[]?[passwords.Length];
    private readonly SemaphoreSlim _one = new(1);
    private int _waiting;

    public async ValueTask<AccessOutcome> CheckAsync(byte[] name, byte[] secret, CancellationToken cancellationToken)
    {
        var whose = Array.FindIndex(passwords, password => CryptographicOperations.FixedTimeEquals(password.Name, name));
        var mark = HMACSHA256.HashData(_key, secret);
        if (whose >= 0 && Volatile.Read(ref _seen[whose]) is { } seen && CryptographicOperations.FixedTimeEquals(seen, mark))
        {
            return AccessOutcome.Granted;
        }

        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return AccessOutcome.Busy;
        }

        try
        {
            await _one.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(() => Derive(whose, secret, mark), cancellationToken);
            }
            finally
            {
                _one.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _one.Dispose();

    // A name that nobody has takes as long as one that somebody has.
    private AccessOutcome Derive(int whose, byte[] secret, byte[] mark)
    {
        var password = passwords[Math.Max(0, whose)];
        var hash = Rfc2898DeriveBytes.Pbkdf2(secret, password.Salt!, password.Iterations, HashAlgorithmName.SHA256, password.Hash.Length);
        if (!CryptographicOperations.FixedTimeEquals(hash, password.Hash) || whose < 0)
        {
            return AccessOutcome.Wrong;
        }

        Volatile.Write(ref _seen[whose], mark);
        return AccessOutcome.Granted;
    }
}
