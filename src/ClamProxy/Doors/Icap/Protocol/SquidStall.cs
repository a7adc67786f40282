namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>
/// squid before 6.10 stops for good once its buffer of an answer's body is full before the ICAP server has answered (its bug 5352): an
/// upstream that is fast fills it at once. It goes on when the answer's head comes, which c-icap sends after 32 KiB of any body.
/// </summary>
/// <param name="limit">
/// How long nothing comes before the client is taken to have stopped: where its buffer ends if nothing was taken out of it. Further on,
/// where an upstream that is slow would look the same, it is fifty times as long.
/// </param>
/// <param name="beginAnswer">Sends the head of the answer.</param>
/// <param name="clock">For the wait.</param>
internal sealed class SquidStall(TimeSpan limit, Func<ValueTask> beginAnswer, TimeProvider clock)
{
    // squid's buffer has 65536 bytes, of which it leaves the last one or two.
    private const int Least = 65_534;
    private const int Most = 65_536;
    private const int FurtherOn = 50;

    private bool _hasBegun;

    /// <summary>Awaits the next bytes.</summary>
    /// <param name="next">What they are read by.</param>
    /// <param name="read">How many came before.</param>
    public async Task<int> WatchAsync(Task<int> next, long read)
    {
        if (!_hasBegun && read >= Least)
        {
            try
            {
                return await next.WaitAsync(read <= Most ? limit : limit * FurtherOn, clock);
            }
            catch (TimeoutException)
            {
                _hasBegun = true;
                await beginAnswer();
            }
        }

        return await next;
    }
}
