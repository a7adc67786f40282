namespace ClamProxy.Core.Policies;

/// <summary>An exception or a block, and where it stands.</summary>
/// <param name="Id">16 hexadecimal digits of the SHA-256 of what it is about: the same rule has the same id everywhere.</param>
/// <param name="Rule">The rule.</param>
/// <param name="File">The file that it stands in.</param>
/// <param name="Entry">Its place there, from 1.</param>
/// <param name="IsAdded">It was added while a process ran, and can be removed so; false: it stands in the operator's own file.</param>
public sealed record PlacedRule<TRule>(string Id, TRule Rule, string File, int Entry, bool IsAdded);
