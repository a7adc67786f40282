using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Clients;

/// <summary>A client program that has ended, by itself or at its limit.</summary>
/// <param name="ExitCode">Its exit code; -1: it was ended at its limit.</param>
internal sealed record ProgramRun(int ExitCode, string Log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    /// <summary>Runs it with nothing of this user's settings.</summary>
    public static Task<ProgramRun> OfAsync(
        string program, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken) =>
        OfAsync(
            ServerProcess.Start(program, arguments, new Dictionary<string, string> { ["HOME"] = folder }, folder, isBare: true),
            cancellationToken);

    public static async Task<ProgramRun> OfAsync(ServerProcess process, CancellationToken cancellationToken)
    {
        await using (process)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            try
            {
                await process.WaitForExitAsync(limit.Token);
                return new ProgramRun(process.ExitCode, process.Log);
            }
            catch (OperationCanceledException)
            {
                return new ProgramRun(-1, process.Log);
            }
        }
    }
}
