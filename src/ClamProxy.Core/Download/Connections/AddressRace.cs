using System.Net;

namespace ClamProxy.Core.Download.Connections;

/// <summary>
/// Connects to the first of several addresses that answers (RFC 8305 §5): each next one is begun when the one before has failed, or
/// has not answered for a moment; those begun before go on meanwhile.
/// </summary>
/// <param name="stagger">How long one is waited for alone.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressRace(TimeSpan stagger, TimeProvider time)
{
    /// <param name="addresses">At least one, in the order in which they are begun.</param>
    /// <param name="connect">One attempt; whatever it throws is a failure of its address.</param>
    /// <param name="cancellationToken">Ends all attempts.</param>
    /// <returns>The connection, its address, and the addresses that were begun before it or failed.</returns>
    /// <exception cref="Exception">What the last attempt to fail threw.</exception>
    public async Task<(Stream Stream, IPAddress Winner, IReadOnlyList<IPAddress> Beaten)> RunAsync(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<Stream>> connect, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<(Task<Stream> Attempt, int Place)>();
        var begun = 0;
        try
        {
            while (true)
            {
                if (begun < addresses.Count)
                {
                    running.Add((connect(addresses[begun], ending.Token), begun));
                    begun++;
                }

                var (attempt, place) = await NextAsync(running, isLast: begun == addresses.Count, ending.Token).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (attempt is null)
                {
                    continue;
                }

                running.Remove((attempt, place));
                if (attempt.IsCompletedSuccessfully || (running.Count == 0 && begun == addresses.Count))
                {
                    var stream = await attempt.ConfigureAwait(false);
                    var stillBehind = running.Where(other => other.Place > place).Select(other => addresses[other.Place]).ToList();
                    return (stream, addresses[place], [.. addresses.Take(begun).Where(a => a != addresses[place]).Except(stillBehind)]);
                }
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            running.ForEach(static late => _ = DiscardAsync(late.Attempt));
        }
    }

    /// <summary>The next attempt to end; none when the time for a further one has come.</summary>
    private async Task<(Task<Stream>? Attempt, int Place)> NextAsync(
        List<(Task<Stream> Attempt, int Place)> running, bool isLast, CancellationToken cancellationToken)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = Task.Delay(isLast ? Timeout.InfiniteTimeSpan : stagger, time, turn.Token);
        var ended = await Task.WhenAny([.. running.Select(one => (Task)one.Attempt), wait]).ConfigureAwait(false);
        await turn.CancelAsync().ConfigureAwait(false);
        return ended == wait ? (null, -1) : running.Find(one => one.Attempt == ended);
    }

    /// <summary>An attempt that is no longer wanted: where it succeeds after all, its connection is closed.</summary>
    private static async Task DiscardAsync(Task<Stream> attempt)
    {
        try
        {
            await (await attempt.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Cancelled, or failed: another one was taken.
        }
    }
}
