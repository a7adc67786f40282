namespace ClamProxy.Soak.Jobs;

/// <summary>Answers of a server that do not arrive.</summary>
/// <param name="First">Ends when the first one was lost.</param>
/// <param name="Stop">Lets answers pass again.</param>
internal sealed record LostAnswers(Task First, Action Stop);
