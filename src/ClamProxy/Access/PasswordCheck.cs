using System.Security.Cryptography;

namespace ClamProxy.Access;

/// <summary>
/// Checks passwords. PBKDF2 is slow on purpose, which must not become a way to keep the machine busy, nor to keep others waiting: one is
/// derived at a time, clients take turns (<see cref="PasswordQueue"/>), and a password that was right is known again by a hash that only
/// this process can make.
/// </summary>
internal sealed class PasswordCheck(Credential[] passwords, AccessOptions options, TimeProvider clock)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[]?[] _seen = new byte[]?[passwords.Length];
    private readonly Lock _gate = new();
    private readonly PasswordQueue _queue = new(options.MaxPasswords, options.MaxPasswordsPerClient);
    private readonly RecentPasswordFailures _wrong = new(options.WrongPasswordMemory, options.MaxWrongClients, clock);
    private PasswordWaiter? _current;

    /// <param name="client">Who shows it: its network.</param>
    public async ValueTask<AccessOutcome> CheckAsync(string client, byte[] name, byte[] secret, CancellationToken cancellationToken)
    {
        var whose = Array.FindIndex(passwords, password => CryptographicOperations.FixedTimeEquals(password.Name, name));
        var mark = HMACSHA256.HashData(_key, secret);
        if (whose >= 0 && Volatile.Read(ref _seen[whose]) is { } seen && CryptographicOperations.FixedTimeEquals(seen, mark))
        {
            return AccessOutcome.Granted;
        }

        var waiter = Join(client, whose, secret, mark);
        try
        {
            return await waiter.Outcome.WaitAsync(options.PasswordWait, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return AccessOutcome.Busy;
        }
        finally
        {
            Leave(waiter);
        }
    }

    /// <summary>The check of this password under way for this client, or a new one.</summary>
    private PasswordWaiter Join(string client, int whose, byte[] secret, byte[] mark)
    {
        lock (_gate)
        {
            var known = _current is { } current
                && current.Client == client
                && current.Whose == whose
                && current.Mark.AsSpan().SequenceEqual(mark)
                ? current
                : _queue.Find(client, whose, mark);
            if (known is not null)
            {
                known.Requests++;
                return known;
            }

            var waiter = new PasswordWaiter(client, whose, secret, mark);
            _queue.Add(waiter, _wrong.Contain)?.Complete(AccessOutcome.Busy);
            if (_current is null && (_current = _queue.TakeNext(_wrong.Contain)) is { } next)
            {
                _ = Task.Run(() => Work(next));
            }

            return waiter;
        }
    }

    private void Leave(PasswordWaiter waiter)
    {
        lock (_gate)
        {
            if (--waiter.Requests == 0)
            {
                _queue.Remove(waiter);
            }
        }
    }

    private void Work(PasswordWaiter first)
    {
        for (var next = first; next is not null;)
        {
            var waiter = next;
            var outcome = Derive(waiter);
            lock (_gate)
            {
                if (outcome == AccessOutcome.Granted)
                {
                    _wrong.Remove(waiter.Client);
                }
                else
                {
                    _wrong.Add(waiter.Client);
                }

                _current = next = _queue.TakeNext(_wrong.Contain);
            }

            waiter.Complete(outcome);
        }
    }

    // A name that nobody has takes as long as one that somebody has.
    private AccessOutcome Derive(PasswordWaiter waiter)
    {
        var password = passwords[Math.Max(0, waiter.Whose)];
        var hash = Rfc2898DeriveBytes.Pbkdf2(
            waiter.Secret, password.Salt!, password.Iterations, HashAlgorithmName.SHA256, password.Hash.Length);
        if (!CryptographicOperations.FixedTimeEquals(hash, password.Hash) || waiter.Whose < 0)
        {
            return AccessOutcome.Wrong;
        }

        Volatile.Write(ref _seen[waiter.Whose], waiter.Mark);
        return AccessOutcome.Granted;
    }
}
