namespace ClamProxy.Rewriting;

/// <summary>What begins at a place of a text.</summary>
/// <param name="Pattern">The longest link prefix that begins there; null: none.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="IsOpen">The text is too short to tell: ask again when more of it is here.</param>
internal readonly record struct LinkMatch(LinkPattern? Pattern, int Length, bool IsOpen);
