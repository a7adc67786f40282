namespace ClamProxy.Recalling;

/// <summary>Why nobody is named.</summary>
internal sealed record RecallProblem(string Problem);
