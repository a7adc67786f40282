using System.Buffers;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Intake;
using ClamProxy.Doors.Icap.Protocol;

namespace ClamProxy.Doors.Icap;

/// <summary>
/// What a client gets of an answer before its verdict (<see cref="IcapOptions.Trickle"/>), at the pace of every trickle. It is always of
/// the very spool that is scanned, and never the whole of it.
/// </summary>
internal sealed class IcapTrickle(TricklePace pace)
{
    /// <summary>Trickles while a message is taken and scanned.</summary>
    /// <param name="judge">Takes and scans it.</param>
    /// <returns>What <paramref name="judge"/> returns; nothing more is sent then.</returns>
    public async Task<JudgedMessage> DuringAsync(
        IcapExchange exchange, IcapRequest request, Func<IntakeProgress, CancellationToken, Task<JudgedMessage>> judge)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(exchange.Gone);
        var progress = new IntakeProgress();
        var judging = judge(progress, over.Token);
        try
        {
            await SendAsync(exchange, request, progress, judging);
        }
        catch
        {
            await over.CancelAsync();
            await ((Task)judging).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (judging.IsCompletedSuccessfully)
            {
                (await judging).Dispose();
            }

            throw;
        }

        return await judging;
    }

    private async Task SendAsync(IcapExchange exchange, IcapRequest request, IntakeProgress progress, Task judging)
    {
        var patience = pace.Begin();
        await patience.OutlastsAsync(Task.WhenAny(judging, exchange.Stalled), exchange.Gone);
        while (!judging.IsCompleted && exchange.Body is { IsInPreview: true })
        {
            // Whatever is said now would be the answer to the preview, and the client would keep the rest.
            await pace.PauseAsync(judging, exchange.Gone);
        }

        if (judging.IsCompleted)
        {
            return;
        }

        await exchange.Output.BeginEchoAsync(request);
        if (!await patience.OutlastsAsync(judging, exchange.Gone))
        {
            await pace.RunAsync(judging, () => StepAsync(exchange.Output, progress), exchange.Gone);
        }
    }

    private async ValueTask StepAsync(IcapOutput output, IntakeProgress progress)
    {
        var step = pace.StepOf(progress.Received, output.Sent);
        if (step == 0)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(step);
        try
        {
            if (progress.Peek(output.Sent, buffer.AsSpan(0, step)) is var read and > 0)
            {
                await output.SendAsync(buffer.AsMemory(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
