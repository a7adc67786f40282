using ClamProxy.Doors.ExtProc.Wire;
using Grpc.Core;

namespace ClamProxy.Doors.ExtProc;

/// <summary>
/// The one way of a transaction's answers to Envoy: one after the other, each within a deadline, and none behind an immediate response.
/// </summary>
/// <param name="stream">Where they go.</param>
/// <param name="ended">Called when an immediate response has been sent.</param>
internal sealed class AnswerWriter(
    IServerStreamWriter<ProcessingResponse> stream, TimeSpan deadline, TimeProvider clock, Action ended) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>An immediate response was sent: nothing that Envoy still sends has an answer.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Sends an answer, unless the transaction is over. It may be changed when this has returned.</summary>
    /// <exception cref="SlowEnvoyException">Envoy does not read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WriteAsync(ProcessingResponse answer, CancellationToken cancelled)
    {
        using var late = new CancellationTokenSource(deadline, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancelled, late.Token);
        try
        {
            await _turn.WaitAsync(any.Token);
            try
            {
                if (!IsOver)
                {
                    await stream.WriteAsync(answer, any.Token);
                    if (answer.ResponseCase == ProcessingResponse.ResponseOneofCase.ImmediateResponse)
                    {
                        // Not before: what ends the stream then must not overtake it.
                        IsOver = true;
                        ended();
                    }
                }
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception e) when (late.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            throw new SlowEnvoyException($"Envoy has not read an answer for {deadline.TotalSeconds:0.###} s.", e);
        }
    }

    public void Dispose() => _turn.Dispose();
}
