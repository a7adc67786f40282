using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.TestKit;

/// <summary>Waits for what is logged behind its effect.</summary>
public static class LoggedLines
{
    /// <summary>Waits until an event of this id is logged.</summary>
    /// <param name="text">Part of its message.</param>
    public static async Task UntilLoggedAsync(this FakeLogCollector log, int id, CancellationToken cancellationToken, string text = "")
    {
        while (!log.GetSnapshot().Any(line => line.Id.Id == id && line.Message.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(5, cancellationToken);
        }
    }
}
