using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Doors.ExtProc;

/// <summary>Takes a body and has it scanned.</summary>
internal sealed class BodyJudge(MessageScanner scanner, ExtProcOptions options, TimeProvider clock)
{
    /// <summary>What the head alone says; null: the body decides.</summary>
    public ValueTask<ScanDecision.Refused?> FindRefusalAsync(LentMessage message, CancellationToken cancelled) =>
        scanner.FindRefusalAsync(message, cancelled);

    /// <summary>What becomes of a message whose body is not taken.</summary>
    public ScanDecision DecideNotTaken(LentMessage message, Failure failure) => scanner.DecideNotTaken(message, failure);

    /// <param name="message">The head.</param>
    /// <param name="body">What follows it.</param>
    /// <param name="taken">Called when the body is in the spool.</param>
    /// <param name="askForTime">Called once where the scan takes long; null: nobody has to be asked.</param>
    /// <param name="cancelled">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled. What is being scanned then is whole, and its scan goes
    /// on.</exception>
    public async Task<JudgedBody> JudgeAsync(
        LentMessage message, Stream body, Action taken, Func<Task>? askForTime, CancellationToken cancelled)
    {
        IntakeResult result;
        await using (body)
        {
            result = await scanner.TakeAsync(message, body, null, cancelled);
        }

        taken();
        if (result is not IntakeResult.Taken { File: var file })
        {
            return new JudgedBody(scanner.DecideNotTaken(message, ((IntakeResult.NotTaken)result).Failure), null);
        }

        try
        {
            var scan = scanner.ScanAsync(message, file, cancelled);
            return new JudgedBody(await (askForTime is null ? scan : AskedForTimeAsync(scan, askForTime, cancelled)), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private async Task<ScanDecision> AskedForTimeAsync(Task<ScanDecision> scan, Func<Task> askForTime, CancellationToken cancelled)
    {
        using var early = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var late = Task.Delay(options.AskForTimeAfter, clock, early.Token);
        if (await Task.WhenAny(scan, late) == late && !cancelled.IsCancellationRequested)
        {
            await askForTime();
        }

        await early.CancelAsync();
        return await scan;
    }
}
