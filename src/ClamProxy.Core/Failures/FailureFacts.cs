using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Failures;

/// <summary>What holds for every failure of one reason.</summary>
/// <param name="Blame">Whose fault it is.</param>
/// <param name="IsRetryable">Whether a fresh attempt may succeed within seconds.</param>
/// <param name="Level">The level it is logged at.</param>
/// <param name="Tag">Its name in metrics and problem types.</param>
public sealed record FailureFacts(Blame Blame, bool IsRetryable, LogLevel Level, string Tag);
