namespace ClamProxy.Core.Intake;

/// <summary>How long a sender may take.</summary>
/// <param name="Silence">The longest wait for the next piece.</param>
/// <param name="Total">The longest time for all of it.</param>
/// <param name="MinRate">The least bytes a second, over each <see cref="SenderPace.Window"/> that the sender was waited for; 0:
/// any.</param>
internal readonly record struct PaceLimits(TimeSpan Silence, TimeSpan Total, long MinRate);
